// What a semaphore and its permits share.
#pragma once

#include <curfew/detail/link_list.hpp>
#include <curfew/detail/queued_operation.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <tuple>

namespace curfew {
class permit;
}

namespace curfew::detail {

/// Free units, or a queue of those that wait for one: never both. See `queued_operation` for what a source is.
class semaphore_state : public std::enable_shared_from_this<semaphore_state> {
public:
    static constexpr const char* name = "semaphore: acquire";

    using entry   = queued_wait;
    using results = std::tuple<permit>;

    semaphore_state(std::size_t units, std::size_t most_waiting) noexcept : free_(units), most_waiting_(most_waiting) {}

    bool    enter(entry& waiter);
    bool    leave(entry& waiter) noexcept;
    results collect(entry& waiter) noexcept;
    bool    give_back(entry& waiter) noexcept;

    bool        try_take();
    void        release() noexcept;
    void        close() noexcept;
    std::size_t available() const;
    std::size_t waiting() const;

private:
    mutable std::mutex mutex_;
    std::size_t        free_;
    std::size_t        most_waiting_;
    std::size_t        waiting_count_ = 0;
    link_list<entry>   waiting_;
};

}  // namespace curfew::detail
