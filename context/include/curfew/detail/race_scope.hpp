// The children of a race.
#pragma once

#include <curfew/detail/child_scope.hpp>

#include <cstddef>
#include <exception>
#include <optional>

namespace curfew::detail {

/// Children of which the first success ends the others; a failure ends nobody.
class race_scope final : public child_scope {
public:
    using child_scope::child_scope;

    /// The index of the winner, once all have ended; empty if all failed.
    const std::optional<std::size_t>& winner() const noexcept { return winner_; }

    void failed(std::exception_ptr error) noexcept override;

private:
    class decision;

    void succeeded(std::size_t index) override;

    std::optional<std::size_t> winner_;
    bool                       decided_ = false;
};

}  // namespace curfew::detail
