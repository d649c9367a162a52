#include "calling.hpp"

#include <curfew/body_writer.hpp>

#include <stdexcept>

using namespace curfew;
using namespace curfew::testing;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

client_request post(body_producer produce, std::optional<std::uint64_t> length = {})
{
    return client_request(method::post, "http://service/notes").stream(std::move(produce), "text/plain", length);
}

task<void> hello_world(context ctx, body_writer& out)
{
    co_await out.write(ctx, "hello");
    co_await sleep_for(ctx, 1s);
    co_await out.write(ctx, ", world");
}

task<void> endless(context ctx, body_writer& out)
{
    const std::string piece(10'000, 'x');
    for (;;) co_await out.write(ctx, piece);
}

std::string body_of(const std::string& request)
{
    return request.substr(request.find("\r\n\r\n") + 4);
}

}  // namespace

TEST(client_upload, sends_pieces_in_chunks_as_they_come)
{
    calling c;
    auto    call = c.start(c.background(), post(hello_world));

    const auto begun = c.network[0].take();
    EXPECT_THAT(begun, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_EQ(body_of(begun), "5\r\nhello\r\n");
    c.clock.advance(1s);
    EXPECT_EQ(c.network[0].take(), "7\r\n, world\r\n0\r\n\r\n");
    c.network[0].send(ok_hello);

    EXPECT_EQ(call.value().body, "hello");
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_upload, sends_a_known_length_as_it_is)
{
    calling c;
    auto    call = c.start(c.background(), post(hello_world, 12));

    c.clock.advance(1s);

    const auto sent = c.network[0].take();
    EXPECT_THAT(sent, HasSubstr("Content-Length: 12\r\n"));
    EXPECT_EQ(body_of(sent), "hello, world");
    c.network[0].send(ok_hello);
    EXPECT_TRUE(call.finished());
}

TEST(client_upload, fails_with_a_body_of_another_length_than_announced)
{
    for (const std::uint64_t announced : {0u, 5u, 11u, 13u}) {
        calling c;
        auto    call = c.start(c.background(), post(hello_world, announced));
        c.clock.advance(1s);
        ASSERT_TRUE(failure_of(call)) << announced;
        EXPECT_EQ(failure_of(call)->code(), client_errc::body_length);
        EXPECT_TRUE(c.network[0].was_reset());
    }
}

TEST(client_upload, fails_with_what_its_producer_throws)
{
    calling c;
    auto    broken = [](context ctx, body_writer& out) -> task<void> {
        co_await out.write(ctx, "hello");
        throw std::runtime_error("the file is gone");
    };

    auto call = c.start(c.background(), post(broken));

    ASSERT_TRUE(call.finished());
    EXPECT_THROW(std::rethrow_exception(call.exception()), std::runtime_error);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_upload, slows_its_producer_down_to_what_the_other_side_reads)
{
    calling c;
    c.network.window  = 1000;
    std::size_t pieces = 0;
    auto        counted = [&](context ctx, body_writer& out) -> task<void> {
        for (; pieces != 100; ++pieces) co_await out.write(ctx, std::string(1000, 'x'));
    };
    auto call = c.start(c.background(), post(counted));
    EXPECT_EQ(pieces, 0u);

    c.network[0].window(5000);
    EXPECT_GT(pieces, 0u);
    EXPECT_LT(pieces, 10u);
    c.network[0].window(SIZE_MAX);

    EXPECT_EQ(pieces, 100u);
    c.network[0].send(ok_hello);
    EXPECT_TRUE(call.finished());
}

TEST(client_upload, stops_when_the_answer_comes_first_and_is_no_success)
{
    calling c;
    c.network.window = 100'000;
    auto call        = c.start(c.background(), post(endless));
    EXPECT_FALSE(call.finished());

    c.network[0].send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");

    ASSERT_TRUE(call.finished());
    EXPECT_EQ(call.value().code, 413u);
    EXPECT_EQ(call.value().body, "big");
    EXPECT_TRUE(c.network[0].closed());  // in the middle of a body nothing else can follow
}

TEST(client_upload, stops_a_producer_that_waits_for_something_else)
{
    calling c;
    bool    ended = false;
    auto    waits = [&](context ctx, body_writer& out) -> task<void> {
        co_await out.write(ctx, "hello");
        struct note {
            bool& ended;
            ~note() { ended = true; }
        } const at_end{ended};
        co_await sleep_for(ctx, 1h);
    };
    auto call = c.start(c.background(), post(waits));

    c.network[0].send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

    EXPECT_EQ(call.value().code, 400u);
    EXPECT_TRUE(ended);
}

TEST(client_upload, goes_on_when_an_early_answer_is_a_success)
{
    calling c;
    auto    call = c.start(c.background(), post(hello_world));
    c.network[0].send(ok_hello);
    EXPECT_FALSE(call.finished());

    c.clock.advance(1s);

    EXPECT_EQ(call.value().code, 200u);
    EXPECT_THAT(c.network[0].take(), EndsWith("\r\n0\r\n\r\n"));
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_upload, reads_the_answer_of_one_who_stopped_reading)
{
    calling c;
    c.network.window = 100'000;
    auto call        = c.start(c.background(), post(endless));

    c.network[0].hold_send("HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    c.network[0].finish();

    EXPECT_EQ(call.value().code, 507u);
}

TEST(client_upload, tells_that_the_connection_broke)
{
    calling c;
    c.network.window = 100'000;
    auto call        = c.start(c.background(), post(endless));

    c.network[0].reset();

    ASSERT_TRUE(failure_of(call));
    EXPECT_THAT(failure_of(call)->code(),
                ::testing::AnyOf(boost::asio::error::connection_reset, boost::asio::error::broken_pipe));
}

TEST(client_upload, sends_large_bodies_whole)
{
    calling c;
    c.network.window = 50'000;
    const std::string body(200'000, 'x');
    auto call = c.start(c.background(), client_request(method::put, "http://service/file").body(body, "text/plain"));
    EXPECT_FALSE(call.finished());

    c.network[0].window(SIZE_MAX);
    EXPECT_EQ(body_of(c.network[0].take()), body);
    c.network[0].send(ok_hello);

    EXPECT_TRUE(call.finished());
    EXPECT_FALSE(c.network[0].closed());
}

TEST(client_upload, sees_an_early_answer_to_a_large_body)
{
    calling c;
    c.network.window = 50'000;
    auto call        = c.start(c.background(),
                               client_request(method::put, "http://service/file").body(std::string(200'000, 'x'), "text/plain"));

    c.network[0].send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");

    EXPECT_EQ(call.value().code, 403u);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_upload, canceled_resets_the_connection)
{
    for (const bool stalled : {true, false}) {
        calling c;
        c.network.window = stalled ? 1000 : SIZE_MAX;
        auto source      = with_cancel(c.background());
        auto call        = c.start(source.get_context(), stalled ? post(endless) : post(hello_world));
        EXPECT_FALSE(call.finished());

        source.cancel();
        c.loop.run_ready();

        EXPECT_EQ(call.error(), errc::canceled);
        EXPECT_TRUE(c.network[0].was_reset());
    }
}

TEST(client_upload, ends_at_the_deadline)
{
    calling c;
    c.network.window = 1000;
    auto call        = c.start(with_timeout(c.background(), 1s), post(endless));

    c.clock.advance(1s);

    EXPECT_EQ(call.error(), errc::deadline_exceeded);
    EXPECT_TRUE(c.network[0].was_reset());
}

TEST(client_upload, gives_up_one_who_does_not_read)
{
    calling c;
    c.network.window = 1000;
    auto streamed    = c.start(c.background(), post(endless));
    auto small       = c.start(c.background(), client_request(method::put, "http://service/file").body(std::string(5000, 'x'), "text/plain"));

    c.clock.advance(30s);

    for (auto* call : {&streamed, &small}) {
        ASSERT_TRUE(failure_of(*call));
        EXPECT_EQ(failure_of(*call)->code(), client_errc::timed_out);
        EXPECT_EQ(failure_of(*call)->phase(), call_phase::send);
    }
}

TEST(client_upload, waits_for_a_producer_that_takes_its_time)
{
    calling c;
    auto    slow = [](context ctx, body_writer& out) -> task<void> {
        co_await sleep_for(ctx, 1h);
        co_await out.write(ctx, "hello");
    };
    auto call = c.start(c.background(), post(slow));

    c.clock.advance(1h);
    c.network[0].send(ok_hello);

    EXPECT_EQ(call.value().code, 200u);
}

TEST(client_upload, does_not_call_its_producer_twice)
{
    calling c;
    auto    first = c.get(c.background());
    c.network[0].send(ok_hello);
    auto second = c.start(c.background(), post(hello_world).idempotent(true));

    c.network[0].finish();
    c.clock.advance(1s);

    ASSERT_TRUE(failure_of(second));
    EXPECT_EQ(failure_of(second)->code(), client_errc::connection_closed);
    EXPECT_EQ(c.network.size(), 1u);
}
