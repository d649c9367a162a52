// The way out for a body that is produced while it is sent.
#pragma once

#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace curfew {

namespace detail {

/// What takes the bytes of a streamed body: the connection, or a test.
class body_sink {
public:
    /// See `body_writer::write`.
    virtual task<void> write(context ctx, std::string_view bytes) = 0;

protected:
    ~body_sink() = default;
};

}  // namespace detail

/// Sends a body in pieces: the one of a streamed answer, or of a request to another service.
///
/// Thread safety: used by one coroutine at a time, on the loop of the message.
class body_writer {
public:
    explicit body_writer(detail::body_sink& sink) noexcept : sink_(&sink) {}

    /// Sends `bytes`, in pieces of any size; they are on their way without further ado.
    ///
    /// Completes:    when the peer's window, or the connection's buffer, has taken them all: a slow peer slows its producer.
    /// Errors:       the context's error if `ctx` is done; otherwise the connection's.
    /// Cancellation: `ctx`. The body is then broken off, and the peer can tell.
    /// Lifetime:     `bytes` are borrowed until completion.
    task<void> write(context ctx, std::string_view bytes) { return sink_->write(std::move(ctx), bytes); }

private:
    detail::body_sink* sink_;
};

/// Holds the function that produces a streamed body: `task<void>(context, body_writer&)`.
///
/// Called once. A lambda's captures live as long as the stream.
class body_producer {
public:
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, body_producer>)
    body_producer(F&& produce) : callable_(std::make_unique<holder<std::decay_t<F>>>(std::forward<F>(produce)))
    {
        static_assert(std::is_invocable_r_v<task<void>, std::decay_t<F>&, context, body_writer&>,
                      "a body producer is called as task<void>(context, body_writer&)");
    }

    task<void> operator()(context ctx, body_writer& out) { return callable_->call(std::move(ctx), out); }

private:
    struct callable {
        virtual ~callable()                                     = default;
        virtual task<void> call(context ctx, body_writer& out) = 0;
    };

    template <class F>
    struct holder final : callable {
        explicit holder(F f) : produce(std::move(f)) {}
        task<void> call(context ctx, body_writer& out) override { return produce(std::move(ctx), out); }
        F          produce;
    };

    std::unique_ptr<callable> callable_;
};

}  // namespace curfew
