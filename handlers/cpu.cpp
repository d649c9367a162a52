#include "cpu.hpp"

#include "primes.hpp"
#include "query_within.hpp"

#include <curfew/json.hpp>
#include <curfew/offload.hpp>

#include <cstdint>

namespace demo {

curfew::task<curfew::response> cpu::answer(curfew::context ctx, curfew::request req)
{
    const auto below = query_within<std::uint64_t>(req, "below", 20'000'000, 0, 1'000'000'000);

    auto       count  = [](curfew::context c, std::uint64_t end) { return count_primes(c, end); };
    const auto primes = co_await curfew::offload(ctx, pool_, count, below);

    co_return curfew::json(curfew::status::ok, {{"below", below}, {"primes", primes}});
}

}  // namespace demo
