// The mechanism of `bind_context`: starts an operation so that a cancel of its context reaches it.
#pragma once

#include <curfew/detail/error_mapping.hpp>
#include <curfew/detail/home.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/detail/slot_link.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Owned twice: by the operation's handler, and by a cancel in flight. Touched, but for the count and the link, on the
/// operation's executor only, since `cancellation_signal` is not thread-safe.
template <class Executor, class Allocator>
class bound_operation final : public hook {
public:
    static bound_operation* make(node_ptr<node> life, std::source_location where, const Executor& ex,
                                 const Allocator& allocator)
    {
        rebound a(allocator);
        auto*   memory = std::allocator_traits<rebound>::allocate(a, 1);
        return new (memory) bound_operation(std::move(life), where, ex, allocator);
    }

    const node&                    life() const noexcept { return *life_; }
    node_ptr<node>                 share_life() const noexcept { return life_; }
    boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }
    bool                           link() noexcept { return life_->add(*this); }

    /// Lets whoever awaits the operation cancel it too (`a || b`, a signal of the user's own), but not the home of a
    /// coroutine that happens to await it: the operation has a context of its own.
    void follow(boost::asio::cancellation_slot outer)
    {
        if (!outer.is_connected()) return;
        outer_ = outer;
        outer_.assign(slot_link<bound_operation>(*this));
    }
    void slot_emitted(boost::asio::cancellation_type type)
    {
        if (!finished_ && !home::emitting()) signal_.emit(type);
    }
    void slot_gone() noexcept { outer_ = {}; }
    /// To be called once the operation has been started: lets a cancel that came meanwhile reach it.
    void started()
    {
        if (phase_.exchange(phase::started, std::memory_order_acq_rel) == phase::initiating) return;
        retain();
        boost::asio::post(executor_, delivery(this));
    }
    /// Notes a cancel that came before the operation was linked.
    void cancel_when_started() noexcept { phase_.store(phase::canceled, std::memory_order_relaxed); }
    /// The operation is over: a cancel that is still on its way finds nothing to do.
    void finish() noexcept
    {
        finished_ = true;
        clear_slot(outer_);
        life_->remove(*this);
    }

    bool retain() noexcept override
    {
        references_.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        rebound a(allocator_);
        std::destroy_at(this);
        std::allocator_traits<rebound>::deallocate(a, this, 1);
    }
    void             fire(const cause_record&) noexcept override { boost::asio::dispatch(executor_, delivery(this)); }
    hook_description describe() const noexcept override
    {
        return {hook_description::kind_type::operation, "operation", where_};
    }

private:
    using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<bound_operation>;

    /// Carries one reference to the executor, and gives it back there, or wherever the io_context is destroyed.
    struct delivery {
        explicit delivery(bound_operation* o) noexcept : operation(o) {}
        delivery(delivery&& other) noexcept : operation(std::exchange(other.operation, nullptr)) {}
        ~delivery()
        {
            if (operation) operation->release();
        }
        void operator()() noexcept
        {
            // An operation that is still being started may not have taken its slot yet: its starter delivers then.
            auto expected = phase::initiating;
            if (operation->phase_.compare_exchange_strong(expected, phase::canceled, std::memory_order_acq_rel) ||
                expected == phase::canceled)
                return;
            if (!operation->finished_) operation->signal_.emit(boost::asio::cancellation_type::terminal);
        }
        bound_operation* operation;
    };

    bound_operation(node_ptr<node> life, std::source_location where, const Executor& ex, const Allocator& allocator)
        : life_(std::move(life)), where_(where), executor_(ex), allocator_(allocator)
    {
        life_->work().operation_started();
    }
    ~bound_operation() { life_->work().operation_finished(); }
    friend void std::destroy_at<bound_operation>(bound_operation*);

    enum class phase : std::uint8_t { initiating, canceled, started };

    std::atomic<std::uint32_t>       references_{1};
    std::atomic<phase>               phase_{phase::initiating};
    bool                             finished_ = false;
    node_ptr<node>                   life_;
    std::source_location             where_;
    Executor                         executor_;
    Allocator                        allocator_;
    boost::asio::cancellation_signal signal_;
    boost::asio::cancellation_slot   outer_;
};

/// Holds an operation while it is being started, since it may be over before that.
template <class Operation>
class starting {
public:
    explicit starting(Operation& operation) noexcept : operation_(operation) { operation_.retain(); }
    starting(const starting&)            = delete;
    starting& operator=(const starting&) = delete;
    ~starting()
    {
        operation_.started();
        operation_.release();
    }

private:
    Operation& operation_;
};

/// The handler given to an operation that is bound by itself.
template <class Operation, class Handler>
class bound_handler {
public:
    bound_handler(Operation* adopted, Handler handler) : operation_(adopted), handler_(std::move(handler)) {}
    bound_handler(bound_handler&& other) noexcept
        : operation_(std::exchange(other.operation_, nullptr)), handler_(std::move(other.handler_))
    {
    }
    ~bound_handler()
    {
        if (!operation_) return;
        operation_->finish();
        operation_->release();
    }

    template <class... A>
    void operator()(A&&... args)
    {
        operation_->finish();
        const auto life    = operation_->share_life();
        auto       handler = std::move(handler_);
        std::exchange(operation_, nullptr)->release();
        std::move(handler)(completed(*life, std::forward<A>(args))...);
    }

    using cancellation_slot_type = boost::asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot(); }
    const Handler&         inner() const noexcept { return handler_; }

private:
    Operation* operation_;
    Handler    handler_;
};

/// The handler given to an operation whose coroutine is at home in the context: only errors need a look.
template <class Handler>
class home_handler {
public:
    home_handler(node_ptr<node> life, Handler handler) : life_(std::move(life)), handler_(std::move(handler)) {}

    template <class... A>
    void operator()(A&&... args)
    {
        const auto life = std::move(life_);
        std::move(handler_)(completed(*life, std::forward<A>(args))...);
    }
    const Handler& inner() const noexcept { return handler_; }

private:
    node_ptr<node> life_;
    Handler        handler_;
};

/// Starts an operation under a context. What `async_initiate` is given in place of the operation's own initiation.
template <class Signature, class Initiation>
class bound_initiation {
public:
    bound_initiation(Initiation initiation, node_ptr<node> life, std::source_location where)
        : initiation_(std::move(initiation)), life_(std::move(life)), where_(where)
    {
    }

    template <class Handler, class... Args>
    void operator()(Handler&& given, Args&&... args)
    {
        using handler_type = std::decay_t<Handler>;
        handler_type handler(std::forward<Handler>(given));
        const auto   ex = boost::asio::get_associated_executor(handler, default_executor());

        if constexpr (can_fail_early<Signature>)
            if (life_->done()) return early_failure<Signature>::post(*life_, std::move(handler), ex);

        if (life_->loop().here())
            if (home* at = life_->resident(); at && at->owns(boost::asio::get_associated_cancellation_slot(handler))) {
                at->note(where_);
                return std::move(initiation_)(home_handler<handler_type>(std::move(life_), std::move(handler)),
                                              std::forward<Args>(args)...);
            }

        const auto allocator =
            boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
        using operation = bound_operation<std::decay_t<decltype(ex)>, std::decay_t<decltype(allocator)>>;
        auto* const op  = operation::make(life_, where_, ex, allocator);
        const auto outer = boost::asio::get_associated_cancellation_slot(handler);
        note_wait(*life_, outer, where_);
        bound_handler<operation, handler_type> bound(op, std::move(handler));
        op->follow(outer);
        const starting guard(*op);
        if (!op->link()) op->cancel_when_started();
        std::move(initiation_)(std::move(bound), std::forward<Args>(args)...);
    }

private:
    auto default_executor() const
    {
        if constexpr (requires { initiation_.get_executor(); })
            return initiation_.get_executor();
        else
            return life_->loop().executor();
    }

    Initiation           initiation_;
    node_ptr<node>       life_;
    std::source_location where_;
};

}  // namespace curfew::detail

// Everything but the slot is the inner handler's: executor, allocator and what later versions of Asio associate.
template <template <class, class> class Associator, class Operation, class Handler, class Default>
struct boost::asio::associator<Associator, curfew::detail::bound_handler<Operation, Handler>, Default> {
    using type = typename Associator<Handler, Default>::type;
    static type get(const curfew::detail::bound_handler<Operation, Handler>& h, const Default& d = Default()) noexcept
    {
        return Associator<Handler, Default>::get(h.inner(), d);
    }
};
template <class Operation, class Handler, class Default>
struct boost::asio::associated_cancellation_slot<curfew::detail::bound_handler<Operation, Handler>, Default> {
    using type = boost::asio::cancellation_slot;
    static type get(const curfew::detail::bound_handler<Operation, Handler>& h, const Default& = Default()) noexcept
    {
        return h.get_cancellation_slot();
    }
};
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, curfew::detail::home_handler<Handler>, Default> {
    using type = typename Associator<Handler, Default>::type;
    static type get(const curfew::detail::home_handler<Handler>& h, const Default& d = Default()) noexcept
    {
        return Associator<Handler, Default>::get(h.inner(), d);
    }
};
