#include <curfew/detail/race_scope.hpp>

#include <boost/asio/post.hpp>

namespace curfew::detail {

void race_scope::failed(std::exception_ptr error) noexcept
{
    if (errors().empty()) keep(std::move(error));
}

void race_scope::succeeded(std::size_t index)
{
    if (decided_) return;
    const bool first = !winner_;
    if (first || index < *winner_) winner_ = index;
    if (!first) return;
    // What is ready now finishes together with the first: the decision comes behind it in the queue.
    hold();
    boost::asio::post(executor(), [self = shared_from_this(), this] {
        decided_ = true;
        cancel(cause_kind::race_lost);
        let_go();
    });
}

}  // namespace curfew::detail
