// Gives back what the heap keeps after many connections have fallen silent.
#pragma once

#include <curfew/detail/deadline_heap.hpp>

#include <cstddef>

namespace curfew::detail {

class loop;

/// Counts connections that went to rest, and a while after many of them asks the heap for the pages they left empty.
///
/// A heap gives back only what lies at its end. Asking takes about a microsecond a page, on the loop's thread: it is done once a
/// second at most, and only for many connections. Not thread-safe.
class heap_trimmer {
public:
    explicit heap_trimmer(loop& on) noexcept : loop_(on) {}
    ~heap_trimmer();
    heap_trimmer(const heap_trimmer&)            = delete;
    heap_trimmer& operator=(const heap_trimmer&) = delete;

    /// A connection has freed what its requests needed.
    void rested();

private:
    static void on_time(deadline_entry& entry, deadline_event event) noexcept;

    struct timer final : deadline_entry {
        explicit timer(heap_trimmer& t) noexcept : deadline_entry(&heap_trimmer::on_time), owner(t) {}
        heap_trimmer& owner;
    };

    loop&       loop_;
    timer       timer_{*this};
    std::size_t rested_ = 0;  // since the last time
};

}  // namespace curfew::detail
