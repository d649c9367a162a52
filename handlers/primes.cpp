#include "primes.hpp"

namespace demo {
namespace {

bool is_prime(std::uint64_t number)
{
    if (number % 2 == 0)
        return number == 2;
    for (std::uint64_t divisor = 3; divisor * divisor <= number; divisor += 2) {
        if (number % divisor == 0)
            return false;
    }
    return number > 1;
}

}  // namespace

std::uint64_t count_primes(const curfew::context& ctx, std::uint64_t end)
{
    std::uint64_t count = 0;
    for (std::uint64_t number = 0; number < end; ++number) {
        if (number % 1000 == 0)
            ctx.throw_if_done();
        if (is_prime(number))
            ++count;
    }
    return count;
}

}  // namespace demo
