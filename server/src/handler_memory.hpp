// Memory for the one operation that is under way at a time.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace curfew::detail {

/// Keeps the state of an Asio operation inside its owner.
///
/// Asio's own cache holds few blocks for each thread: when many reads complete in one turn and begin anew at its end, the
/// others would go to the heap and back. An operation that does not fit, or a second one, does go there.
/// Lifetime: the owner outlives the operation; its handler holds the owner.
template <std::size_t Size>
class handler_memory {
public:
    handler_memory()                                 = default;
    handler_memory(const handler_memory&)            = delete;
    handler_memory& operator=(const handler_memory&) = delete;

    template <class T>
    class allocator {
    public:
        using value_type = T;

        explicit allocator(handler_memory& memory) noexcept : memory_(&memory) {}
        template <class U>
        allocator(const allocator<U>& other) noexcept : memory_(other.memory_)
        {
        }

        T*   allocate(std::size_t count) { return static_cast<T*>(memory_->allocate(count * sizeof(T))); }
        void deallocate(T* at, std::size_t) noexcept { memory_->deallocate(at); }

        template <class U>
        bool operator==(const allocator<U>& other) const noexcept
        {
            return memory_ == other.memory_;
        }

    private:
        template <class>
        friend class allocator;

        handler_memory* memory_;
    };

    allocator<void*> get_allocator() noexcept { return allocator<void*>(*this); }

private:
    void* allocate(std::size_t size)
    {
        if (size > Size || std::exchange(used_, true)) return ::operator new(size);
        return storage_;
    }
    void deallocate(void* at) noexcept
    {
        if (at == storage_)
            used_ = false;
        else
            ::operator delete(at);
    }

    alignas(std::max_align_t) std::byte storage_[Size];
    bool used_ = false;
};

}  // namespace curfew::detail
