#include <curfew/response.hpp>

#include <curfew/cookie.hpp>
#include <curfew/http_error.hpp>
#include <curfew/problem.hpp>
#include <curfew/stream.hpp>

#include <stdexcept>

namespace curfew {

void detail::drop_stream::operator()(response_stream* stream) const noexcept
{
    delete stream;
}

std::string_view response::content_type() const noexcept
{
    return headers_.find("Content-Type").value_or(type_.text());
}

response& response::cookie(const set_cookie& cookie) &
{
    headers_.append("Set-Cookie", format_set_cookie(cookie));
    return *this;
}

response&& response::cookie(const set_cookie& cookie) &&
{
    return std::move(this->cookie(cookie));
}

response text(status code, std::string body)
{
    return response(code, std::move(body), content_types::text);
}

response html(status code, std::string body)
{
    return response(code, std::move(body), content_types::html);
}

response no_content()
{
    return response(status::no_content);
}

response redirect(status code, std::string_view location)
{
    if (!is_redirection(code) || code == status::not_modified)
        throw std::invalid_argument("redirect with status " + std::to_string(to_int(code)));
    return response(code).header("Location", location);
}

response problem_response(const problem& what)
{
    return response(what.status(), what.to_json(), content_types::problem);
}

response problem_response(status code, std::string_view detail)
{
    problem what(code);
    if (!detail.empty())
        what.detail(std::string(detail));
    return problem_response(what);
}

response problem_response(const http_error& thrown)
{
    auto answer = problem_response(thrown.status(), thrown.what());
    for (const auto [name, value] : thrown.headers())
        answer.headers().append(name, value);
    return answer;
}

}  // namespace curfew
