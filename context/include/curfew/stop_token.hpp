// Bridges between contexts and std::stop_token.
#pragma once

#include <curfew/after_cancel.hpp>
#include <curfew/cancel_source.hpp>
#include <curfew/context.hpp>

#include <source_location>
#include <stop_token>
#include <utility>

namespace curfew {

/// Requests a stop when a context ends: for code that polls or waits on a `std::stop_token`.
///
/// The stop is requested on the thread that cancels. Destroying the object cuts the connection; stop callbacks that run
/// at that moment on another thread are waited for.
class stop_on_cancel {
public:
    explicit stop_on_cancel(const context& ctx, std::source_location where = std::source_location::current())
        : registration_(after_cancel(ctx, [source = source_]() mutable { source.request_stop(); }, where))
    {
    }

    std::stop_token get_token() const noexcept { return source_.get_token(); }

private:
    std::stop_source    source_;
    cancel_registration registration_;
};

/// Derives a context that is canceled when a stop is requested: for contexts under a `std::jthread` or another owner of
/// a stop source. Leaving its scope cancels the context, like a `cancel_source`.
class cancel_on_stop {
public:
    cancel_on_stop(const context& parent, std::stop_token token,
                   std::source_location where = std::source_location::current())
        : source_(with_cancel(parent, "cancel_on_stop", where)), callback_(std::move(token), request{this, where})
    {
    }
    cancel_on_stop(const cancel_on_stop&)            = delete;
    cancel_on_stop& operator=(const cancel_on_stop&) = delete;

    const context& get_context() const noexcept { return source_.get_context(); }

private:
    struct request {
        cancel_on_stop*      self;
        std::source_location where;
        void                 operator()() const noexcept { self->source_.cancel("stop requested", where); }
    };

    cancel_source               source_;
    std::stop_callback<request> callback_;
};

}  // namespace curfew
