#include "request_line.hpp"

#include "request_validation.hpp"

#include <curfew/detail/ascii.hpp>

namespace curfew::detail {

request_head read_request_line(std::string_view bytes, std::size_t max_target)
{
    request_head head;
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    if (bytes.find('\n') == bytes.npos) return head;

    auto       line   = take_until(bytes, '\n');
    const auto method = take_until(line, ' ');
    if (!is_token(method)) return head;
    head.method = parse_method(method);

    const auto target = take_until(line, ' ');
    if (target.size() > max_target) return head;
    if (const auto parts = read_target(head.method, target)) {
        head.target    = target;
        head.path      = parts->path;
        head.query     = parts->query;
        head.authority = parts->authority;
    }
    return head;
}

}  // namespace curfew::detail
