// The pending deadlines of one loop: an intrusive 4-ary heap.
#pragma once

#include <curfew/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <vector>

namespace curfew::detail {

/// Why an entry left the heap by itself: its time came, or the io_context is being destroyed.
enum class deadline_event { due, abandoned };

/// A place in the heap. Whoever embeds it disarms it before it goes.
class deadline_entry {
public:
    /// Called on the loop's thread (`abandoned`: on the one that destroys the io_context), the entry being out of the heap.
    /// May throw when `due`, which then leaves `run()`.
    using callback = void (*)(deadline_entry&, deadline_event);

    /// `where`: who wants to be told, for the leak fixture; empty for what the library itself waits for.
    explicit deadline_entry(callback on_event, std::source_location where = {}) noexcept : on_event_(on_event), where_(where) {}
    deadline_entry(const deadline_entry&)            = delete;
    deadline_entry& operator=(const deadline_entry&) = delete;

    bool                 armed() const noexcept { return position_ != nowhere; }
    std::source_location where() const noexcept { return where_; }
    void                 fire(deadline_event event) { on_event_(*this, event); }

private:
    friend class deadline_heap;
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    callback             on_event_;
    std::uint32_t        position_ = nowhere;
    std::source_location where_;
};

/// Orders entries by time; among equal times the order is unspecified. Not thread-safe: touched by its loop only.
///
/// Keys lie beside the pointers, so that sifting does not touch the entries it compares.
class deadline_heap {
public:
    bool        empty() const noexcept { return slots_.empty(); }
    std::size_t size() const noexcept { return slots_.size(); }
    time_point  earliest() const noexcept { return slots_.front().when; }
    time_point  when(const deadline_entry& entry) const noexcept { return slots_[entry.position_].when; }

    /// Calls `f(const deadline_entry&, time_point)` for each entry, in no particular order.
    template <class F>
    void for_each(F f) const
    {
        for (const auto& each : slots_) f(*each.entry, each.when);
    }

    /// Adds the entry, or moves it if it is armed. May allocate when it adds.
    void set(deadline_entry& entry, time_point when);
    /// Takes the entry out; nothing happens if it is not armed.
    void remove(deadline_entry& entry) noexcept;
    /// Takes out the earliest entry. Precondition: not empty.
    deadline_entry& pop() noexcept;

private:
    struct slot {
        time_point      when;
        deadline_entry* entry;
    };

    void place(std::uint32_t position, slot s) noexcept;
    void sift_up(std::uint32_t position, slot s) noexcept;
    void sift_down(std::uint32_t position, slot s) noexcept;

    std::vector<slot> slots_;
};

}  // namespace curfew::detail
