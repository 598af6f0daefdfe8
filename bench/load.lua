-- wrk: one body for every request; the method and the number of distinct names come from the environment.
local method = os.getenv("BENCH_METHOD") or "GET"
local size = tonumber(os.getenv("BENCH_BODY_BYTES") or "0")
local headers = {}
for name, value in (os.getenv("BENCH_HEADERS") or ""):gmatch("([^:\n]+): ([^\n]+)") do headers[name] = value end
local body = size > 0 and string.rep("x", size) or nil
local path, query = (os.getenv("BENCH_PATH") or "/"):match("([^?]*)(.*)")
local names = tonumber(os.getenv("BENCH_NAMES") or "1")
local counter = 0

function request()
  counter = counter + 1
  local name = names > 1 and (path .. "-" .. tostring({}):sub(8) .. "-" .. (counter % names)) or path
  return wrk.format(method, name .. query, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %f %f %d\n", summary.requests / (summary.duration / 1e6), summary.bytes / (summary.duration / 1e6), errors))
end
