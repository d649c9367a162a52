// What other modules remember about one unit of work.
#pragma once

#include <memory>
#include <utility>

namespace curfew::detail {

/// Holds at most one object of each type. Empty it is one pointer, and costs nothing to clear.
///
/// For what a middleware gathers during a request; on the loop's thread only. Values that users pass along belong in the
/// context itself.
class work_notes {
public:
    /// The object of this type, or null.
    template <class T>
    T* find() const noexcept
    {
        for (note* each = first_.get(); each; each = each->next.get())
            if (each->type == &type_of<T>)
                return &static_cast<note_of<T>*>(each)->value;
        return nullptr;
    }

    /// The object of this type, made if there is none.
    template <class T>
    T& get()
    {
        if (T* const found = find<T>())
            return *found;
        auto added = std::make_unique<note_of<T>>();
        T& value = added->value;
        added->type = &type_of<T>;
        added->next = std::move(first_);
        first_ = std::move(added);
        return value;
    }

    void clear() noexcept
    {
        if (first_)
            first_.reset();
    }

private:
    struct note {
        virtual ~note() = default;
        const void* type = nullptr;
        std::unique_ptr<note> next;
    };
    template <class T>
    struct note_of final : note {
        T value;
    };
    template <class T>
    static constexpr char type_of = 0;

    std::unique_ptr<note> first_;
};

} // namespace curfew::detail
