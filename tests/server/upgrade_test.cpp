#include <curfew/upgrade.hpp>

#include "run.hpp"
#include "sample_request.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/http_error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace curfew {
namespace {

namespace asio = boost::asio;

/// What the other side sent and received. A read without bytes waits until it is canceled.
struct wire {
    std::string received;
    std::string sent;
    bool        closed = false;
};

class fake_stream final : public detail::raw_stream {
public:
    fake_stream(wire& w, asio::any_io_executor loop) : wire_(w), loop_(std::move(loop)) {}
    ~fake_stream() override { wire_.closed = true; }

    asio::any_io_executor get_executor() const noexcept override { return loop_; }

    void read_some(asio::mutable_buffer buffer, asio::cancellation_slot slot, std::unique_ptr<detail::io_completion> done) override
    {
        if (wire_.received.empty()) {
            waiting_ = std::move(done);
            slot.assign([this](asio::cancellation_type) { end(std::move(waiting_), asio::error::operation_aborted, 0); });
            return;
        }
        const auto count = std::min<std::size_t>({buffer.size(), wire_.received.size(), 3});
        std::copy_n(wire_.received.data(), count, static_cast<char*>(buffer.data()));
        wire_.received.erase(0, count);
        end(std::move(done), {}, count);
    }

    void write_some(asio::const_buffer buffer, asio::cancellation_slot, std::unique_ptr<detail::io_completion> done) override
    {
        const auto count = std::min<std::size_t>(buffer.size(), 4);
        wire_.sent.append(static_cast<const char*>(buffer.data()), count);
        end(std::move(done), {}, count);
    }

    void shut_down() noexcept override {}
    void close() noexcept override {}

private:
    void end(std::unique_ptr<detail::io_completion> done, boost::system::error_code error, std::size_t size)
    {
        asio::post(loop_, [done = std::move(done), error, size] { done->complete(error, size); });
    }

    wire&                                  wire_;
    asio::any_io_executor                  loop_;
    std::unique_ptr<detail::io_completion> waiting_;
};

class fake_source final : public detail::stream_source {
public:
    explicit fake_source(wire& w) : wire_(w) {}

    task<std::unique_ptr<detail::raw_stream>> take_over(context ctx) override
    {
        co_return std::make_unique<fake_stream>(wire_, ctx.get_executor());
    }

private:
    wire& wire_;
};

/// A request that offers a protocol.
struct offer {
    explicit offer(std::string_view protocols)
    {
        sample.header("Connection", "Upgrade").header("Upgrade", protocols);
        sample.head().upgrade = true;
        sample.data().raw     = &source;
    }

    wire           peer;
    fake_source    source{peer};
    sample_request sample{method::get, "/socket"};
};

task<void> try_upgrade(context ctx, request req)
{
    const auto stream = co_await upgrade(ctx, req, "websocket");
}

TEST(upgrade, hands_over_a_stream_that_composed_operations_work_on)
{
    test_run run;
    offer    offered("websocket");
    offered.peer.received = "first frame";
    auto talk             = [](context ctx, request req) -> task<std::string> {
        auto        stream = co_await upgrade(ctx, req, "websocket");
        std::string frame(11, '\0');
        co_await asio::async_read(stream, asio::buffer(frame), asio::use_awaitable);
        const std::array<asio::const_buffer, 3> pieces{asio::buffer("", 0), asio::buffer("second", 6), asio::buffer(" frame", 6)};
        co_await asio::async_write(stream, pieces, asio::use_awaitable);
        co_return frame;
    };

    EXPECT_EQ(run(talk(run.ctx(), offered.sample.get())), "first frame");
    EXPECT_EQ(offered.peer.sent, "second frame");
    EXPECT_TRUE(offered.peer.closed);
}

TEST(upgrade, ends_a_read_when_the_context_ends_that_it_is_bound_to)
{
    test_run run;
    offer    offered("websocket");
    auto     scope = with_cancel(run.ctx());
    auto     wait  = [&](context ctx, request req) -> task<error_code> {
        auto            stream = co_await upgrade(ctx, req, "websocket");
        std::array<char, 8> bytes{};
        asio::post(stream.get_executor(), [&] { scope.cancel(); });
        try {
            co_await stream.async_read_some(asio::buffer(bytes), bind_context(scope.get_context(), asio::use_awaitable));
        } catch (const boost::system::system_error& e) {
            co_return e.code();
        }
        co_return error_code();
    };

    EXPECT_EQ(run(wait(run.ctx(), offered.sample.get())), errc::canceled);
}

TEST(upgrade, takes_any_protocol_that_the_client_lists_in_whichever_version)
{
    test_run run;

    for (const auto* protocols : {"WebSocket", "h2c, websocket", "websocket/13", "other/1 , websocket/13"}) {
        offer offered(protocols);
        EXPECT_NO_THROW(run(try_upgrade(run.ctx(), offered.sample.get()))) << protocols;
    }
}

TEST(upgrade, answers_426_to_a_client_that_did_not_offer_the_protocol)
{
    test_run       run;
    offer          other("h2c");
    sample_request none(method::get, "/socket");

    for (auto* sample : {&other.sample, &none}) {
        try {
            run(try_upgrade(run.ctx(), sample->get()));
            ADD_FAILURE() << "upgraded";
        } catch (const http_error& error) {
            EXPECT_EQ(error.status(), status::upgrade_required);
            EXPECT_EQ(error.headers().find("Upgrade"), "websocket");
        }
    }
}

}  // namespace
}  // namespace curfew
