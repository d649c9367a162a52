// The mechanism of `sleep_for`: an entry of the loop's deadline heap that a cancel takes out.
#pragma once

#include <curfew/detail/bound_operation.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/detail/slot_link.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace curfew::detail {

time_point time_after(const node& life, duration d) noexcept;

/// What a sleep that ends with `ec` throws; null for no error.
std::exception_ptr exception_of(const node& life, const error_code& ec);

/// The part of a sleep that does not depend on its handler.
///
/// Lives in the heap and, unless its coroutine is at home in the context, in the context's list. Everything but the
/// count and the link is touched on the loop's thread only.
class sleep_base : public deadline_entry, public hook {
public:
    bool             retain() noexcept override;
    void             fire(const cause_record& why) noexcept override;
    hook_description describe() const noexcept override;

protected:
    sleep_base(node_ptr<node> life, std::source_location where, boost::asio::cancellation_slot slot) noexcept;
    virtual ~sleep_base();

    node& life() const noexcept { return *life_; }
    void  release() noexcept;

    /// Arms the entry, on the loop's thread or by a post. `linked`: also hangs in the context's list.
    void begin(time_point when, bool linked);
    /// Ends the sleep before its time, on the loop's thread or by a post.
    void stop_soon() noexcept;

    /// Takes back what was left in the slot of whoever awaits the sleep.
    void leave_slot() noexcept { clear_slot(slot_); }

    /// What the sleep ends with.
    error_code result() const noexcept;

private:
    struct step;
    friend class sleep_slot_handler;

    void        arm() noexcept;
    void        stop() noexcept;
    void        end();
    void        drop() noexcept;
    static void on_event(deadline_entry& entry, deadline_event event);

    /// Calls the handler, and frees it. Once. Throws what the handler throws.
    virtual void complete() = 0;
    /// Frees the handler without a call.
    virtual void abandon() noexcept = 0;
    virtual void destroy() noexcept = 0;

    std::atomic<std::uint32_t>     references_{1};
    bool                           linked_  = false;
    bool                           begun_   = false;
    bool                           ended_   = false;
    bool                           stopped_ = false;
    node_ptr<node>                 life_;
    time_point                     when_;
    boost::asio::cancellation_slot slot_;
};

/// What a sleep leaves in the slot of whoever awaits it, and takes out again unless the slot's signal has gone before.
///
/// Forwards an emission to the sleep, unless a home emits because *its* context ended: the one passed to the sleep decides.
class sleep_slot_handler {
public:
    sleep_slot_handler(sleep_base& operation, bool at_home) noexcept : operation_(&operation), at_home_(at_home) {}
    sleep_slot_handler(sleep_slot_handler&& other) noexcept
        : operation_(std::exchange(other.operation_, nullptr)), at_home_(other.at_home_)
    {
    }
    ~sleep_slot_handler()
    {
        if (operation_) operation_->slot_ = {};
    }
    void operator()(boost::asio::cancellation_type) const;

private:
    sleep_base* operation_;
    bool        at_home_;
};

template <class Signature, class Handler, class Executor, class Allocator>
class sleep_operation final : public sleep_base {
public:
    static void start(node_ptr<node> life, time_point when, std::source_location where, Handler handler,
                      const Executor& ex, const Allocator& allocator)
    {
        rebound    a(allocator);
        auto*      memory  = std::allocator_traits<rebound>::allocate(a, 1);
        auto       slot    = boost::asio::get_associated_cancellation_slot(handler);
        home*      at      = life->loop().here() ? life->resident() : nullptr;
        const bool at_home = at && at->owns(slot);
        at_home ? at->note(where) : note_wait(*life, slot, where);
        auto* op = new (memory) sleep_operation(std::move(life), where, std::move(handler), ex, allocator, slot);
        if (slot.is_connected()) slot.assign(sleep_slot_handler(*op, at_home));
        op->begin(when, !at_home);
    }

private:
    using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<sleep_operation>;
    using work    = std::decay_t<decltype(boost::asio::prefer(
        std::declval<Executor>(), boost::asio::execution::outstanding_work.tracked))>;

    sleep_operation(node_ptr<node> life, std::source_location where, Handler handler, const Executor& ex,
                    const Allocator& allocator, boost::asio::cancellation_slot slot)
        : sleep_base(std::move(life), where, slot),
          handler_(std::move(handler)),
          executor_(ex),
          foreign_(!this->life().loop().runs(ex)),
          allocator_(allocator)
    {
        if (foreign_) work_.emplace(boost::asio::prefer(ex, boost::asio::execution::outstanding_work.tracked));
    }

    struct completion {
        explicit completion(sleep_operation* o) noexcept : operation(o) {}
        completion(completion&& other) noexcept : operation(std::exchange(other.operation, nullptr)) {}
        ~completion()
        {
            if (operation) operation->abandon();
        }
        void             operator()() { std::exchange(operation, nullptr)->call(); }
        sleep_operation* operation;
    };

    void complete() override
    {
        if (foreign_)
            boost::asio::dispatch(executor_, completion(this));
        else
            call();
    }
    void call()
    {
        leave_slot();
        // The handler may run to the end of the request, whose context is used again if nobody holds it then: not we either.
        const error_code ec = result();
        if constexpr (std::is_same_v<Signature, void(error_code)>) {
            auto handler = take_handler();
            std::move(handler)(ec);
        } else {
            auto error   = exception_of(life(), ec);
            auto handler = take_handler();
            std::move(handler)(std::move(error));
        }
    }
    // Frees everything else.
    Handler take_handler()
    {
        Handler handler = std::move(*handler_);
        handler_.reset();
        release();
        return handler;
    }
    void abandon() noexcept override
    {
        leave_slot();
        handler_.reset();
        release();
    }
    void destroy() noexcept override
    {
        rebound a(allocator_);
        std::destroy_at(this);
        std::allocator_traits<rebound>::deallocate(a, this, 1);
    }
    ~sleep_operation() override = default;
    friend void std::destroy_at<sleep_operation>(sleep_operation*);

    std::optional<Handler> handler_;
    Executor               executor_;
    bool                   foreign_;
    std::optional<work>    work_;
    Allocator              allocator_;
};

template <class Signature>
class sleep_initiation {
public:
    sleep_initiation(node_ptr<node> life, time_point when, std::source_location where) noexcept
        : life_(std::move(life)), when_(when), where_(where)
    {
    }

    template <class Handler>
    void operator()(Handler&& given) const
    {
        using handler_type = std::decay_t<Handler>;
        handler_type handler(std::forward<Handler>(given));
        const auto   ex = boost::asio::get_associated_executor(handler, life_->loop().executor());
        if (life_->done()) return early_failure<Signature>::post(*life_, std::move(handler), ex);
        const auto allocator =
            boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
        sleep_operation<Signature, handler_type, std::decay_t<decltype(ex)>, std::decay_t<decltype(allocator)>>::start(
            life_, when_, where_, std::move(handler), ex, allocator);
    }

private:
    node_ptr<node>       life_;
    time_point           when_;
    std::source_location where_;
};

}  // namespace curfew::detail
