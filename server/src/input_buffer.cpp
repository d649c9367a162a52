#include "input_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace curfew::detail {

namespace {
// For a client that has filled all the room it was given, as those do that pipeline.
constexpr std::size_t wide_block = 4096;
}  // namespace

std::span<char> input_buffer::room(std::size_t wanted)
{
    if (wide_) wanted = std::max(wanted, wide_block / 2);
    if (block_.size() - end_ >= wanted) return {block_.data() + end_, block_.size() - end_};

    const bool in_place = is_pinned_ && !pinned_;  // the pinned head is in this very block
    if (!in_place && block_.size() - size() >= wanted) {
        std::memmove(block_.data(), block_.data() + begin_, size());
    } else {
        auto larger = pool_->borrow(std::max({size() + wanted, std::min(2 * size(), std::size_t{64} * 1024), wide_ ? wide_block : 0}));
        if (size() != 0) std::memcpy(larger.data(), block_.data() + begin_, size());
        if (in_place) pinned_ = std::move(block_);
        block_ = std::move(larger);
    }
    end_   = size();
    begin_ = 0;
    return {block_.data() + end_, block_.size() - end_};
}

void input_buffer::unpin() noexcept
{
    is_pinned_ = false;
    pinned_.give_back();
    if (empty()) rewind();
}

void input_buffer::rewind() noexcept
{
    if (block_.size() > wide_block) return clear();
    begin_ = end_ = 0;
}

void input_buffer::clear() noexcept
{
    begin_ = end_ = 0;
    if (is_pinned_ && !pinned_)
        pinned_ = std::move(block_);
    else
        block_.give_back();
}

}  // namespace curfew::detail
