// The coroutine of a connection, in which handlers and streams run.
#include "request_runner.hpp"

#include "server_log.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/http_error.hpp>
#include <curfew/request.hpp>
#include <curfew/sleep.hpp>
#include <curfew/stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace curfew::detail {

namespace {
namespace asio = boost::asio;

constexpr std::size_t piece_size = 64 * 1024;  // of a streamed answer, between two looks at the peer's window
}  // namespace

void request_runner::wake_coroutine()
{
    coroutine_due_ = true;
    if (coroutine_) {
        if (coroutine_->idle) coroutine_->idle.resume();
        return;  // else it runs right now, and will look
    }
    coroutine_ = std::make_unique<coroutine_place>(worker_.loop());
    try {
        coroutine_->home->retarget(request_);
        boost::intrusive_ptr<request_runner> self(this);
        auto serving = serve(self);
        asio::co_spawn(worker_.loop().executor(), std::move(serving),
                       asio::bind_cancellation_slot(coroutine_->home->outer_slot(), [self](std::exception_ptr error) {
                           if (error) std::terminate();  // `serve` lets nothing out
                           self->coroutine_ended();
                       }));
    } catch (...) {
        coroutine_->home->retarget(nullptr);
        coroutine_.reset();
        throw;
    }
}

void request_runner::coroutine_ended() noexcept
{
    const bool rested = std::exchange(resting_, false);
    coroutine_->home->retarget(nullptr);
    coroutine_.reset();
    if (!coroutine_due_) {
        if (rested && !session_.has_request()) drop_nodes();
        return;
    }
    try {
        wake_coroutine();
    } catch (...) {
        fail(std::current_exception());
    }
}

task<void> request_runner::serve([[maybe_unused]] boost::intrusive_ptr<request_runner> self)
{
    home& here = *coroutine_->home;
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!(stopped_ || resting_) || coroutine_due_) {
        if (!std::exchange(coroutine_due_, false)) {
            co_await coroutine_->idle.wait();
            continue;
        }
        // Whatever the last handler did to the coroutine's cancellation ends here, and in `throw_if_cancelled` below.
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        here.enter((co_await asio::this_coro::cancellation_state).slot());
        if (here.target() != request_) here.retarget(request_);

        in_handler_ = true;
        std::exception_ptr error;
        try {
            if (!stream_) {
                // Awaited right here: a coroutine of its own around each handler would cost half as much as all the rest.
                try {
                    auto given = co_await data_.route->links.start(request_context(), request(data_));
                    answer(std::move(given), outcome::completed);
                } catch (...) {
                    error = std::current_exception();
                }
                if (error) answer_failure(std::exchange(error, nullptr));
                co_await asio::this_coro::throw_if_cancelled(false);
            }
            if (stream_) {
                auto produced = stream(std::move(*stream_));
                stream_.reset();
                co_await std::move(produced);
                co_await asio::this_coro::throw_if_cancelled(false);
            }
        } catch (...) {
            error = std::current_exception();
        }
        if (here.target() != request_) here.retarget(request_);
        if (error) fail(error);
        conclude();
    }
    here.leave();
}

task<void> request_runner::stream(response given)
{
    auto& produced = *given.stream();
    if (!session_.begin_stream(given, produced.length)) co_return;
    progress();  // sends the head, whenever the first piece may come

    std::exception_ptr error;
    {
        const auto ctx = produced.ctx ? std::exchange(produced.ctx, std::nullopt).value() : request_context();
        coroutine_->home->retarget(&ctx.life());
        try {
            body_writer out(*this);
            co_await produced.produce(ctx, out);
            session_.end_stream();
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            const auto verdict = judge(error, ctx.done() ? ctx : request_context(), std::nullopt);
            const bool taken   = session_.request().outcome != outcome::client_gone;
            if (taken && !verdict.error.empty()) log_failure(ctx, describe(), verdict.error);
            session_.break_stream(verdict.outcome == outcome::completed ? outcome::failed : verdict.outcome);
        }
        coroutine_->home->retarget(request_);
    }
}

request_runner::body_waits& request_runner::waits()
{
    if (!waits_) waits_ = std::make_unique<body_waits>(worker_.loop().executor());
    return *waits_;
}

void request_runner::wake_reader()
{
    if (waits_) waits_->reader.wake();
}

void request_runner::wake_writer()
{
    if (waits_) waits_->writer.wake();
}

task<std::size_t> request_runner::read_some(context ctx, asio::mutable_buffer buffer)
{
    using state = http1_session::body_read::state;
    if (buffer.size() == 0) co_return 0;
    if (waits_ && waits_->reader) throw std::logic_error("read the request body: it is being read already");
    for (;;) {
        ctx.throw_if_done();
        const auto now    = worker_.loop().now();
        const auto result = session_.read_body({static_cast<char*>(buffer.data()), buffer.size()}, now);
        switch (result.what) {
        case state::data: co_return result.size;
        case state::end: co_return 0;
        case state::refused: {
            const auto& why = *session_.request().refused;
            throw http_error(why.status, std::string(why.reason));
        }
        case state::broken_off: throw boost::system::system_error(asio::error::eof, "read the request body");
        case state::wait: break;
        }
        progress();  // sends what asks for the body, and reads
        if (session_.waits_to_read()) co_await waits().reader.wait(bind_context(ctx, nothrow));
        session_.stop_reading(worker_.loop().now());
    }
}

task<std::unique_ptr<raw_stream>> request_runner::take_over(context ctx)
{
    bool still = session_.hand_over();
    for (;;) {
        progress();
        still = still && session_.is_handed_over();
        if (!still) throw boost::system::system_error(asio::error::broken_pipe, "take over a connection");
        if (!is_busy() && session_.all_sent()) break;
        co_await waits().writer.wait(bind_context(ctx, nothrow));
        ctx.throw_if_done();
    }
    co_return give_away(std::string(session_.unread_input()));
}

task<void> request_runner::write(context ctx, std::string_view bytes)
{
    if (waits_ && waits_->writer) throw std::logic_error("write the answer's body: it is being written already");
    do {
        ctx.throw_if_done();
        const auto piece = bytes.substr(0, piece_size);
        bytes.remove_prefix(piece.size());
        const auto written = session_.write_body(piece);
        progress();
        if (written == http1_session::written::wait && session_.waits_to_write()) {
            co_await waits().writer.wait(bind_context(ctx, nothrow));
            session_.stop_writing();
        }
        ctx.throw_if_done();
        if (written == http1_session::written::broken_off || session_.request().answer != answer_state::streaming)
            throw boost::system::system_error(asio::error::broken_pipe, "write the answer's body");
    } while (!bytes.empty());
}

}  // namespace curfew::detail
