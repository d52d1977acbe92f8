#!/usr/bin/env node
// Writes working_days.csv from the npm package chinese-days: the days that are off or worked although the day of the week says otherwise.
// Run again after raising VERSION: `node config/data/export_workdays.mjs`, then look at the difference before committing it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "1.5.7";
const FIRST_DAY = "2020-01-01"; // when the oldest policy begins
const TARGET = new URL("working_days.csv", import.meta.url);

function read_package(version) {
    const folder = mkdtempSync(join(tmpdir(), "days-"));
    try {
        execFileSync("npm", ["pack", "--silent", `chinese-days@${version}`], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
        execFileSync("tar", ["xzf", `chinese-days-${version}.tgz`], { cwd: folder });
        return JSON.parse(readFileSync(join(folder, "package", "dist", "chinese-days.json"), "utf8"));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const is_weekend = (day) => [0, 6].includes(new Date(day + "T00:00:00Z").getUTCDay());
// A value reads "English name,Chinese name,days"; a holiday on a weekend and a make-up day on a weekday say nothing new.
const rows_of = (days, working) =>
    Object.entries(days)
        .filter(([day]) => day >= FIRST_DAY && is_weekend(day) === working)
        .map(([day, value]) => ({ day, working, name: value.split(",")[1] }));

const { holidays, workdays } = read_package(VERSION);
const rows = [...rows_of(holidays, false), ...rows_of(workdays, true)].sort((a, b) => (a.day < b.day ? -1 : 1));
writeFileSync(TARGET, ["day,working,name", ...rows.map((row) => Object.values(row).join(","))].join("\n") + "\n");

for (const year of new Set(rows.map((row) => row.day.slice(0, 4)))) {
    const of_year = rows.filter((row) => row.day.startsWith(year));
    console.log(`${year} ${of_year.filter((row) => !row.working).length} off, ${of_year.filter((row) => row.working).length} made up`);
}
