#include <curfew/url_origin.hpp>

#include "call_target.hpp"

namespace curfew {

std::optional<std::string> url_origin(std::string_view url)
{
    const auto target = detail::read_url(url, {});
    return target ? std::optional(target->origin.text()) : std::nullopt;
}

}  // namespace curfew
