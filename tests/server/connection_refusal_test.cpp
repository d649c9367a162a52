// Requests that are refused before they have a route: they are answered, and accounted for like any other.
#include "served_connection.hpp"

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

/// What is sent, and what must become of it.
struct refused_head {
    const char*      name;
    std::string      bytes;
    curfew::status   status;
    std::string_view reason;
    curfew::method   method = method::unknown;
    std::string      target = {};
};

void PrintTo(const refused_head& what, std::ostream* to)
{
    *to << what.name;
}

std::string many_fields()
{
    std::string bytes = "PUT /many HTTP/1.1\r\nHost: t\r\n";
    for (int i = 0; i != 200; ++i) bytes.append("X-").append(std::to_string(i)).append(": y\r\n");
    return bytes + "\r\n";
}

const std::vector<refused_head>& refused_heads()
{
    static const std::vector<refused_head> all{
        {"tls", std::string("\x16\x03\x01\x02\x00", 5), status::bad_request, "malformed request line"},
        {"no_line", "hello?\r\n\r\n", status::bad_request, "malformed request line"},
        {"no_host", "GET /a?b=c HTTP/1.1\r\n\r\n", status::bad_request, "Host is missing", method::get, "/a?b=c"},
        {"empty_line_first", "\r\nGET /a HTTP/1.1\r\n\r\n", status::bad_request, "Host is missing", method::get, "/a"},
        {"bad_target", "GET a HTTP/1.1\r\nHost: t\r\n\r\n", status::bad_request, "malformed request target", method::get},
        {"bare_lf", "GET /a HTTP/1.1\r\nHost: t\n\r\n", status::bad_request, "line not ended by CR LF", method::get, "/a"},
        {"two_lengths", "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         status::bad_request, "malformed Transfer-Encoding", method::post, "/a"},
        {"long_target", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n", status::uri_too_long, "request target too long",
         method::get},
        {"expectation", "POST /a HTTP/1.1\r\nHost: t\r\nExpect: wonders\r\n\r\n", status::expectation_failed,
         "unknown expectation", method::post, "/a"},
        {"many_fields", many_fields(), status::request_header_fields_too_large, "too many fields", method::put, "/many"},
        {"large_head", "GET /large HTTP/1.1\r\nX: " + std::string(40'000, 'x'), status::request_header_fields_too_large,
         "request head too large", method::get, "/large"},
        {"unknown_method", "BREW /pot HTTP/1.1\r\nHost: t\r\n\r\n", status::not_implemented, "unknown method",
         method::unknown, "/pot"},
        {"version", "GET /a HTTP/2.0\r\nHost: t\r\n\r\n", status::http_version_not_supported, "HTTP version not supported",
         method::get, "/a"},
    };
    return all;
}

router hello_routes(const recorder& log)
{
    router routes;
    routes.use(log);
    routes.get("/hello", [](context, request) { return text(status::ok, "hello\n"); });
    routes.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return text(status::ok, "slept\n");
    });
    return routes;
}

struct refusal_of : ::testing::TestWithParam<refused_head> {
    recorder log;
    served   server{hello_routes(log)};
};

std::size_t body_size(const std::string& answer)
{
    return answer.size() - (answer.find("\r\n\r\n") + 4);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(heads, refusal_of, ::testing::ValuesIn(refused_heads()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(refusal_of, a_head_is_a_request_with_one_outcome)
{
    CURFEW_PROVES("H7", "H3");
    auto client = server.connect();

    client.send(GetParam().bytes);

    const auto answer = client.receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(to_int(GetParam().status)) + " "));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::refused);
    EXPECT_EQ(log.last().status, GetParam().status);
    EXPECT_EQ(log.last().reason, GetParam().reason);
    EXPECT_EQ(log.last().sent, body_size(answer));
    EXPECT_FALSE(log.last().why);
    EXPECT_EQ(log[0].method, GetParam().method);
    EXPECT_EQ(log[0].target, GetParam().target);
    EXPECT_EQ(server.worker().counts().requests, 1u);
    EXPECT_EQ(server.worker().counts().answered, 1u);
    EXPECT_EQ(server.worker().counts().refused, 1u);
    EXPECT_EQ(server.worker().inflight(), 0u);
}

namespace {

struct refusal : ::testing::Test {
    recorder log;
    served   server{hello_routes(log)};
};

}  // namespace

TEST_F(refusal, of_a_head_that_takes_too_long_is_accounted_for)
{
    CURFEW_PROVES("H7", "H3");
    auto client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHo");

    server.clock.advance(10s);

    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::refused);
    EXPECT_EQ(log.last().status, status::request_timeout);
    EXPECT_EQ(log.last().reason, "request head not received in time");
    EXPECT_EQ(log[0].method, method::get);
    EXPECT_EQ(log[0].target, "/hello");
}

TEST_F(refusal, comes_behind_the_answers_to_the_requests_before_it)
{
    CURFEW_PROVES("H7");
    auto client = server.connect();

    client.send("GET /sleep HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\nnonsense\r\n\r\n");
    EXPECT_EQ(log.size(), 0u);
    server.clock.advance(1s);

    const auto answers = client.receive();
    EXPECT_THAT(answers, HasSubstr("slept\nHTTP/1.1 200 OK"));
    EXPECT_THAT(answers, HasSubstr("hello\nHTTP/1.1 400 Bad Request"));
    ASSERT_EQ(log.size(), 3u);
    EXPECT_EQ(log[0].record.outcome, outcome::completed);
    EXPECT_EQ(log[1].record.outcome, outcome::completed);
    EXPECT_EQ(log[2].record.outcome, outcome::refused);
}

TEST_F(refusal, has_a_trace_of_its_own)
{
    CURFEW_PROVES("T5");
    std::vector<std::string> traces;
    struct trace_recorder {
        std::vector<std::string>& traces;
        void finished(const context& ctx, const request&, const request_record&) const
        {
            traces.emplace_back(ctx.trace().id_text().view());
        }
    };
    router routes;
    routes.use(trace_recorder{traces});
    routes.get("/sleep", [](context ctx, request) -> task<response> {
        co_await sleep_for(ctx, 1s);
        co_return no_content();
    });
    served own(std::move(routes));
    auto   client = own.connect();

    client.send("GET /sleep HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\n\r\n");
    own.clock.advance(1s);

    ASSERT_EQ(traces.size(), 2u);
    EXPECT_NE(traces[0], traces[1]);
    EXPECT_NE(traces[1], std::string(32, '0'));
}

TEST_F(refusal, of_a_body_says_what_was_wrong_with_it)
{
    CURFEW_PROVES("H7");
    router routes;
    routes.use(log);
    routes.post("/read", [](context ctx, request req) -> task<response> {
        co_return text(status::ok, co_await req.read_all(ctx));
    });
    served own(std::move(routes));
    auto   client = own.connect();

    client.send("POST /read HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log.last().outcome, outcome::refused);
    EXPECT_EQ(log.last().reason, "malformed chunk");
    EXPECT_EQ(own.worker().counts().refused, 1u);
}

TEST_F(refusal, is_no_request_if_no_byte_of_one_has_come)
{
    auto client = server.connect();

    server.clock.advance(60s);

    EXPECT_TRUE(client.server_closed());
    EXPECT_EQ(log.size(), 0u);
    EXPECT_EQ(server.worker().counts().requests, 0u);
}
