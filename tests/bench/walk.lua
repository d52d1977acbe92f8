-- wrk script: walks requests by number, each with its own insured, benefit year and Idempotency-Key, and prints what came of it as JSON.
-- Arguments after --: kind start tokens families run [target], see load.py. Request n of thread t of T is start + t + T·n.
local threads = {}
id, step, used = 0, 1, 0 -- globals: setup() and done() reach them from outside the thread
local kind, start, families, run, target
local tokens = {}
local FIRST_PERSON, QUOTED_YEAR, FIRST_YEAR, HOT = 1000000001, 2100, 2101, 1000

local function post(path, token, key, insured, year)
    local body = string.format("{\"insured_id\":\"%d\",\"benefit_year\":%d}", insured, year)
    return "POST " .. path .. " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token .. "\r\nContent-Type: application/json\r\n" .. key ..
           "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

local function get(path, token)
    return "GET " .. path .. " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token .. "\r\n\r\n"
end

-- Child k of 2·families, scattered so that neighbours in time are no neighbours in the tables.
local function child(n)
    local k = (n % (2 * families)) * 7919 % (2 * families)
    return k % families, FIRST_PERSON + 4 * (k % families) + 2 + math.floor(k / families)
end

local KINDS = {
    pay = function(n)
        local family, insured = child(n)
        return post("/v1/premium-payments", tokens[family + 1], "Idempotency-Key: " .. run .. "-" .. n .. "\r\n", insured,
                    FIRST_YEAR + math.floor(n / (2 * families)))
    end,
    hot = function(n) -- target: which hot group; its members pay for themselves out of its one grantor's account
        local group, member = tonumber(target), n % HOT
        return post("/v1/premium-payments", tokens[families + group * HOT + member + 1], "Idempotency-Key: " .. run .. "-" .. n .. "\r\n",
                    FIRST_PERSON + 4 * families + group * (HOT + 1) + 1 + member, FIRST_YEAR + math.floor(n / HOT))
    end,
    quote = function(n)
        local family, insured = child(n)
        return post("/v1/quotes", tokens[family + 1], "", insured, QUOTED_YEAR)
    end,
    balance = function(n) return get("/v1/accounts/me", tokens[child(n) + 1]) end,
    get = function() return get(target, tokens[1]) end,
}

function setup(thread)
    thread:set("id", #threads)
    table.insert(threads, thread)
    for _, each in ipairs(threads) do each:set("step", #threads) end
end

function init(args)
    kind, start, families, run, target = args[1], tonumber(args[2]), tonumber(args[4]), args[5], args[6]
    for line in io.lines(args[3]) do tokens[#tokens + 1] = line end
end

function request()
    local n = start + id + step * used
    used = used + 1
    return KINDS[kind](n)
end

function done(summary, latency)
    local most, errors = 0, summary.errors
    for _, each in ipairs(threads) do most = math.max(most, each:get("used")) end
    print(string.format('{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"used":%d}', summary.requests,
                        summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50),
                        latency:percentile(99), latency.max, most * #threads))
end
