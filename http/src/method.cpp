#include <curfew/method.hpp>

#include <cstddef>
#include <iterator>

namespace curfew {

namespace {

// In the order of the enumerators; `unknown` has no name.
constexpr std::string_view names[] = {"", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

} // namespace

method parse_method(std::string_view text) noexcept
{
    for (std::size_t i = 1; i < std::size(names); ++i)
        if (text == names[i])
            return static_cast<method>(i);
    return method::unknown;
}

std::string_view to_string(method m) noexcept
{
    return names[static_cast<std::size_t>(m)];
}

} // namespace curfew
