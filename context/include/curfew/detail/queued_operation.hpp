// The mechanism of channels and semaphores: a wait in a queue, under a context, for what others hand out.
#pragma once

#include <curfew/detail/foreign_executor.hpp>
#include <curfew/detail/link_list.hpp>
#include <curfew/detail/loop.hpp>
#include <curfew/detail/node.hpp>
#include <curfew/detail/slot_link.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/errc.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// One that waits in the queue of a *source*. The link and what it is given belong to the source's lock.
class queued_wait : public list_link {
public:
    /// Has the waiter continue, by a post. Called once, without the lock, by whoever took it out of the queue.
    virtual void wake() noexcept = 0;

    /// Why it is woken with nothing, if that is so.
    error_code refusal;

protected:
    queued_wait()  = default;
    ~queued_wait() = default;
};

/// An Asio operation that waits in the queue of `Source`, which has
///   `name`:    of the operation, for messages;
///   `entry`:   derived from `queued_wait`;
///   `results`: a tuple of at most one, what the handler is given besides the error;
///   `bool enter(entry&)`: gives what there is and returns true, or lines it up;
///   `bool leave(entry&) noexcept`: takes it out of the queue; false if it is not, or no longer, there;
///   `results collect(entry&) noexcept`: what it was given;
///   `bool give_back(entry&) noexcept`: passes that on to the next one; false if it cannot be undone.
/// `Source` is used from any thread; of the operation, all but `wake` happens on the handler's executor.
template <class Source, class Handler, class Executor, class Allocator>
class queued_operation final : public Source::entry, private loop_wait {
public:
    template <class... A>
    static void start(std::shared_ptr<Source> source, node_ptr<node> life, Handler handler, const Executor& ex,
                      const Allocator& allocator, A&&... for_entry)
    {
        rebound a(allocator);
        auto*   memory = std::allocator_traits<rebound>::allocate(a, 1);
        try {
            new (memory) queued_operation(std::move(source), std::move(life), std::move(handler), ex, allocator,
                                          std::forward<A>(for_entry)...);
        } catch (...) {
            std::allocator_traits<rebound>::deallocate(a, memory, 1);
            throw;
        }
        step  first(memory, &queued_operation::begin);
        auto& on = memory->life_->loop();
        if (memory->elsewhere_ || on.here())
            first();
        else
            on.post(std::move(first));  // what the loop keeps in mind is its own thread's
    }

    void wake() noexcept override
    {
        given_ = true;
        continue_with(&queued_operation::arrive);
    }

private:
    friend class slot_link<queued_operation>;
    friend void std::destroy_at<queued_operation>(queued_operation*);
    using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<queued_operation>;
    using action  = void (queued_operation::*)();

    /// Carries the operation to its executor. Dropped where the io_context is destroyed.
    struct step {
        step(queued_operation* o, action what) noexcept : operation(o), run(what) {}
        step(step&& other) noexcept : operation(std::exchange(other.operation, nullptr)), run(other.run) {}
        ~step()
        {
            if (operation) operation->drop();
        }
        void              operator()() { (std::exchange(operation, nullptr)->*run)(); }
        queued_operation* operation;
        action            run;
    };

    template <class... A>
    queued_operation(std::shared_ptr<Source> source, node_ptr<node> life, Handler handler, const Executor& ex,
                     const Allocator& allocator, A&&... for_entry)
        : Source::entry(std::forward<A>(for_entry)...),
          source_(std::move(source)),
          life_(std::move(life)),
          handler_(std::move(handler)),
          allocator_(allocator)
    {
        if (life_->loop().runs(ex))
            life_->loop().work_started();
        else
            elsewhere_ = std::make_unique<foreign_executor<Executor>>(ex);
    }
    ~queued_operation() = default;

    void continue_with(action what) noexcept
    {
        if (elsewhere_)
            boost::asio::post(elsewhere_->executor, step(this, what));
        else
            life_->loop().post(step(this, what));
    }

    void begin()
    {
        if (!elsewhere_) life_->loop().keep_in_mind(*this);
        slot_ = boost::asio::get_associated_cancellation_slot(*handler_);
        bool given = true;
        try {
            if (slot_.is_connected()) slot_.assign(slot_link<queued_operation>(*this));
            given = source_->enter(*this);  // if not, it is the queue's from now on, or belongs to who took it out
        } catch (const std::bad_alloc&) {
            this->refusal = make_error_code(boost::system::errc::not_enough_memory);
        }
        if (given) wake();
    }

    void slot_emitted(boost::asio::cancellation_type) noexcept
    {
        unwanted_ = true;
        if (!source_->leave(*this)) return;  // what it has been given is on its way
        continue_with(&queued_operation::arrive);
    }
    void slot_gone() noexcept { slot_ = {}; }

    /// It has been given something, or has left the queue.
    void arrive()
    {
        clear_slot(slot_);
        finish();
        typename Source::results results;
        error_code               ec;
        const bool               has_been_canceled = unwanted_ || life_->done();
        if (!given_ || (has_been_canceled && source_->give_back(*this))) {
            ec = life_->done() ? life_->error() : error_code(boost::asio::error::operation_aborted);
        } else {
            ec      = this->refusal;
            results = source_->collect(*this);
        }
        auto handler = std::move(*handler_);
        handler_.reset();
        release();
        std::apply([&](auto&... each) { std::move(handler)(ec, std::move(each)...); }, results);
    }

    /// The io_context is going, and with it the coroutine, which nothing of Asio's owns.
    void abandon() noexcept override
    {
        const bool queued = source_->leave(*this);
        finish();
        handler_.reset();
        if (queued) release();  // else a step is on its way, and is dropped
    }
    void drop() noexcept
    {
        if (given_) source_->give_back(*this);
        finish();
        handler_.reset();
        release();
    }
    void finish() noexcept
    {
        if (std::exchange(finished_, true)) return;
        if (loop_wait::linked()) loop_wait::unlink();
        if (!elsewhere_) life_->loop().work_finished();
    }

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        rebound a(allocator_);
        std::destroy_at(this);
        std::allocator_traits<rebound>::deallocate(a, this, 1);
    }

    std::atomic<std::uint32_t>                  references_{1};
    bool                                        given_    = false;
    bool                                        unwanted_ = false;
    bool                                        finished_ = false;
    std::shared_ptr<Source>                     source_;
    node_ptr<node>                              life_;
    std::optional<Handler>                      handler_;
    std::unique_ptr<foreign_executor<Executor>> elsewhere_;
    [[no_unique_address]] Allocator             allocator_;
    boost::asio::cancellation_slot              slot_;
};

}  // namespace curfew::detail
