// A client on a manual clock, calling over a network in memory.
#pragma once

#include "client_core.hpp"
#include "memory_network.hpp"

#include <curfew/cancel_source.hpp>
#include <curfew/client.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace curfew::testing {

/// An answer and its whole body.
struct whole_answer {
    unsigned    code = 0;
    fields      headers;
    std::string body;
};

/// A client, and the other side of everything it calls.
class calling {
public:
    explicit calling(client_options options = {})
        : api(std::in_place, std::make_shared<curfew::detail::client_core>(std::move(options), network.connector()))
    {
    }
    ~calling()
    {
        api.reset();
        loop.run_ready();
    }

    const context& background() const { return loop.background(); }

    /// Sends a request and reads the whole answer.
    started<whole_answer> start(context ctx, client_request request)
    {
        return loop.start(whole(*api, std::move(ctx), std::move(request)));
    }
    started<whole_answer> get(context ctx, std::string url = "http://service/")
    {
        return start(std::move(ctx), client_request(method::get, std::move(url)));
    }

    manual_clock          clock;
    test_loop             loop{clock};
    memory_network        network{loop};
    std::optional<client> api;

private:
    static task<whole_answer> whole(client& api, context ctx, client_request request)
    {
        auto         answer = co_await api.send(ctx, std::move(request));
        whole_answer result;
        result.code    = to_int(answer.status());
        result.headers = answer.headers();
        result.body    = co_await answer.read_all(ctx);
        co_return result;
    }
};

inline constexpr std::string_view ok_hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// The value of a field in a request; "none" if there is none.
inline std::string sent_field(const std::string& request, std::string_view name)
{
    const auto at = request.find("\r\n" + std::string(name) + ": ");
    if (at == request.npos) return "none";
    const auto from = at + 4 + name.size();
    return request.substr(from, request.find("\r\n", from) - from);
}

/// What a call failed with; empty if it did not, or with something else.
template <class T>
std::optional<client_error> failure_of(const started<T>& call)
{
    try {
        if (call.exception()) std::rethrow_exception(call.exception());
    } catch (const client_error& error) {
        return error;
    } catch (...) {
    }
    return std::nullopt;
}

}  // namespace curfew::testing
