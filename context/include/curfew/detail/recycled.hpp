// Memory for the small objects that every request makes: contexts and the causes of their ends.
#pragma once

#include <cstddef>
#include <new>

namespace curfew::detail {

/// Base of classes whose objects come and go: the memory of one that goes is kept, on its thread, for the next.
///
/// A thread keeps at most 64 blocks of each size, in steps of 64 bytes; larger objects and those beyond go to the heap. A
/// block may be freed on another thread than it was taken on. With a sanitizer everything goes to the heap, so that it sees
/// each object by itself.
/// A derived class that is destroyed through a base has a virtual destructor: the size has to be known.
class recycled {
public:
    static void* operator new(std::size_t size)
    {
        if (void* const memory = take(size)) return memory;
        return ::operator new(rounded(size));
    }
    static void* operator new(std::size_t size, const std::nothrow_t&) noexcept
    {
        if (void* const memory = take(size)) return memory;
        return ::operator new(rounded(size), std::nothrow);
    }
    static void operator delete(void* memory, std::size_t size) noexcept
    {
        const std::size_t at = size_class(size);
        if (at < sizes && cache_.room[at] != 0) {
            --cache_.room[at];
            cache_.first[at] = new (memory) block{cache_.first[at]};
        } else {
            give_to_heap(memory, size);
        }
    }
    /// For an object whose constructor throws.
    static void operator delete(void* memory, const std::nothrow_t&) noexcept { ::operator delete(memory); }

protected:
    recycled()  = default;
    ~recycled() = default;

private:
    static constexpr std::size_t step  = 64;
    static constexpr std::size_t sizes = 8;

    struct block {
        block* next;
    };
    /// Has no destructor: objects of static storage duration are freed when those of the thread have been destroyed.
    struct cache {
        block*        first[sizes];
        unsigned char room[sizes];
    };

    static constexpr std::size_t size_class(std::size_t size) noexcept { return (size - 1) / step; }
    /// Memory from the heap has the size of its class, as it may be given back to the list of that class.
    static constexpr std::size_t rounded(std::size_t size) noexcept { return (size_class(size) + 1) * step; }

    static void* take(std::size_t size) noexcept
    {
        const std::size_t at = size_class(size);
        if (at >= sizes || !cache_.first[at]) return nullptr;
        block* const taken = cache_.first[at];
        cache_.first[at]   = taken->next;
        ++cache_.room[at];
        return taken;
    }
    static void give_to_heap(void* memory, std::size_t size) noexcept;
    static void open() noexcept;

    static thread_local constinit inline cache cache_{};
};

}  // namespace curfew::detail
