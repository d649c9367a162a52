#include "proxy.hpp"

#include "failed_call.hpp"

#include <curfew/client_response.hpp>
#include <curfew/http_error.hpp>
#include <curfew/stream.hpp>
#include <curfew/url_origin.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace demo {
namespace {

// What describes the content; the rest of a head is about the other service and its connection.
constexpr std::array<std::string_view, 8> passed_on{
    "Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "ETag", "Last-Modified", "Cache-Control", "Location",
};

std::string asked_for(const curfew::request& req, const std::vector<std::string>& allowed)
{
    auto url = req.query("url");
    if (url.empty())
        throw curfew::http_error(curfew::status::bad_request, "query parameter \"url\" is missing");
    const auto origin = curfew::url_origin(url);
    if (!origin)
        throw curfew::http_error(curfew::status::bad_request, "query parameter \"url\" is no URL of http or https");
    if (std::ranges::find(allowed, *origin) == allowed.end())
        throw curfew::http_error(curfew::status::forbidden, *origin + " is no --proxy-origin of this service");
    return url;
}

std::optional<std::uint64_t> length_of(const curfew::client_response& answer)
{
    const auto    text = answer.header("Content-Length").value_or(std::string_view());
    std::uint64_t length{};
    const auto    read = std::from_chars(text.data(), text.data() + text.size(), length);
    return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(length) : std::nullopt;
}

// Nothing is read that the client has not taken.
curfew::response passing_on(curfew::client_response answer)
{
    const auto code   = answer.status();
    const auto length = length_of(answer);
    auto       head   = answer.headers();
    auto       pass   = [from = std::move(answer)](curfew::context ctx, curfew::body_writer& out) mutable -> curfew::task<void> {
        std::array<char, 16 * 1024> bytes;
        while (const auto size = co_await from.read_some(ctx, boost::asio::buffer(bytes)))
            co_await out.write(ctx, std::string_view(bytes.data(), size));
    };
    const bool bare   = code == curfew::status::no_content || code == curfew::status::not_modified;
    auto       result = bare     ? curfew::response(code)
                        : length ? curfew::stream_response(code, {}, *length, std::move(pass))
                                 : curfew::stream_response(code, {}, std::move(pass));
    for (const auto name : passed_on)
        if (const auto value = head.find(name))
            result.header(name, *value);
    return result;
}

}  // namespace

proxy::proxy(std::vector<std::string> origins) : origins_(std::move(origins))
{
}

curfew::task<curfew::response> proxy::answer(curfew::context ctx, curfew::request req)
{
    auto url = asked_for(req, origins_);
    try {
        auto answer = co_await api_.get(ctx, std::move(url));
        co_return passing_on(std::move(answer));
    } catch (const curfew::client_error& error) {
        throw failed_call(ctx, "GET", error);
    }
}

}  // namespace demo
