// The hook behind a `cancel_registration`.
#pragma once

#include <curfew/context.hpp>

#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
#include <source_location>
#include <thread>
#include <utility>

namespace curfew::detail {

/// A callback that runs at most once. Shared by its registration and by a cancel in flight.
///
/// Whoever moves it out of `waiting` decides: the cancel, and then it runs; or `withdraw`, and then it never does.
class cancel_callback : public hook {
public:
    bool withdraw() noexcept;
    /// Withdraws, waits while it runs on another thread, and gives up the registration's reference.
    void finish() noexcept;

    bool             retain() noexcept override;
    void             fire(const cause_record& why) noexcept override;
    hook_description describe() const noexcept override;

protected:
    cancel_callback(const context& ctx, std::source_location where) noexcept
        : life_(node_ptr<node>::share(ctx.life())), where_(where)
    {
    }
    virtual ~cancel_callback() = default;

    /// Runs the function if it has not been withdrawn.
    void run() noexcept;
    void release() noexcept;

private:
    friend cancel_callback* register_callback(const context&, cancel_callback*) noexcept;

    enum class state : std::uint8_t { waiting, running, finished, withdrawn };

    /// Has `run` called, now or on an executor. Keeps the reference that the caller gives for that.
    virtual void start() = 0;
    virtual void call()  = 0;

    std::atomic<std::uint32_t>   references_{1};
    std::atomic<state>           state_{state::waiting};
    std::atomic<std::thread::id> runner_{};
    node_ptr<node>               life_;
    std::source_location         where_;
};

/// Links the callback under its context, or starts it if the context is done.
cancel_callback* register_callback(const context& ctx, cancel_callback* callback) noexcept;

template <class F>
class cancel_callback_of final : public cancel_callback {
public:
    cancel_callback_of(const context& ctx, F f, std::source_location where) noexcept
        : cancel_callback(ctx, where), f_(std::move(f))
    {
    }

private:
    void start() override
    {
        run();
        release();
    }
    void call() override { f_(); }

    F f_;
};

template <class Executor, class F>
class posted_cancel_callback final : public cancel_callback {
public:
    posted_cancel_callback(const context& ctx, Executor executor, F f, std::source_location where) noexcept
        : cancel_callback(ctx, where), executor_(std::move(executor)), f_(std::move(f))
    {
    }

private:
    struct delivery {
        explicit delivery(posted_cancel_callback* c) noexcept : callback(c) {}
        delivery(delivery&& other) noexcept : callback(std::exchange(other.callback, nullptr)) {}
        ~delivery()
        {
            if (callback) callback->release();
        }
        void                    operator()() noexcept { callback->run(); }
        posted_cancel_callback* callback;
    };

    void start() override { boost::asio::post(executor_, delivery(this)); }
    void call() override { f_(); }

    Executor executor_;
    F        f_;
};

}  // namespace curfew::detail
