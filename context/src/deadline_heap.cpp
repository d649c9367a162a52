#include <curfew/detail/deadline_heap.hpp>

#include <algorithm>

namespace curfew::detail {

namespace {
constexpr std::uint32_t arity = 4;
}

void deadline_heap::place(std::uint32_t position, slot s) noexcept
{
    slots_[position]   = s;
    s.entry->position_ = position;
}

void deadline_heap::sift_up(std::uint32_t position, slot s) noexcept
{
    while (position > 0) {
        const std::uint32_t parent = (position - 1) / arity;
        if (slots_[parent].when <= s.when) break;
        place(position, slots_[parent]);
        position = parent;
    }
    place(position, s);
}

void deadline_heap::sift_down(std::uint32_t position, slot s) noexcept
{
    const auto size = static_cast<std::uint32_t>(slots_.size());
    for (;;) {
        const std::uint32_t first = position * arity + 1;
        if (first >= size) break;
        std::uint32_t       least = first;
        const std::uint32_t last  = std::min(first + arity, size);
        for (std::uint32_t child = first + 1; child < last; ++child)
            if (slots_[child].when < slots_[least].when) least = child;
        if (s.when <= slots_[least].when) break;
        place(position, slots_[least]);
        position = least;
    }
    place(position, s);
}

void deadline_heap::set(deadline_entry& entry, time_point when)
{
    if (entry.armed()) {
        const slot          moved{when, &entry};
        const std::uint32_t position = entry.position_;
        if (when < slots_[position].when)
            sift_up(position, moved);
        else
            sift_down(position, moved);
        return;
    }
    slots_.push_back({when, &entry});
    sift_up(static_cast<std::uint32_t>(slots_.size() - 1), slots_.back());
}

void deadline_heap::remove(deadline_entry& entry) noexcept
{
    if (!entry.armed()) return;
    const std::uint32_t position = entry.position_;
    const slot          last     = slots_.back();
    slots_.pop_back();
    entry.position_ = deadline_entry::nowhere;
    if (last.entry == &entry) return;
    if (position > 0 && last.when < slots_[(position - 1) / arity].when)
        sift_up(position, last);
    else
        sift_down(position, last);
}

deadline_entry& deadline_heap::pop() noexcept
{
    deadline_entry& first = *slots_.front().entry;
    remove(first);
    return first;
}

}  // namespace curfew::detail
