#include "redirect.hpp"

namespace curfew::detail {

namespace {

// RFC 9110 §15.4: 301 and 302 turn a POST into a GET by custom, 303 everything by definition, 307 and 308 nothing.
bool becomes_get(status answer, method m) noexcept
{
    if (answer == status::see_other) return m != method::head;
    return (answer == status::moved_permanently || answer == status::found) && m == method::post;
}

bool is_redirect(status answer) noexcept
{
    switch (answer) {
    case status::moved_permanently:
    case status::found:
    case status::see_other:
    case status::temporary_redirect:
    case status::permanent_redirect: return true;
    default: return false;
    }
}

}  // namespace

std::optional<call_target> redirect_of(status answer, const fields& head, const call_target& from, const client_request& request)
{
    if (!is_redirect(answer)) return std::nullopt;
    const auto location = head.find("Location");
    if (!location || (request.is_streamed() && !becomes_get(answer, request.method()))) return std::nullopt;
    return read_url(*location, from.url());
}

void follow_redirect(client_request& request, status answer, const call_target& from, const call_target& to)
{
    if (becomes_get(answer, request.method())) request.become_get();
    request.redirect(to.url());
    if (to.origin == from.origin) return;
    for (const auto credential : {"Authorization", "Cookie", "Proxy-Authorization"}) request.headers().erase(credential);
}

}  // namespace curfew::detail
