#include <curfew/detail/race_scope.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace curfew::detail {

/// Ends the race, on its executor; dropped where the io_context is destroyed.
class race_scope::decision {
public:
    explicit decision(std::shared_ptr<race_scope> race) noexcept : race_(std::move(race)) {}
    decision(decision&&) noexcept = default;
    ~decision()
    {
        if (race_) race_->abandoned();
    }
    void operator()()
    {
        const auto race = std::move(race_);
        race->decided_  = true;
        race->cancel(cause_kind::race_lost);
        race->let_go();
    }

private:
    std::shared_ptr<race_scope> race_;
};

void race_scope::failed(std::exception_ptr error) noexcept
{
    if (!failed_before()) keep(std::move(error));
}

void race_scope::succeeded(std::size_t index)
{
    if (decided_) return;
    const bool first = !winner_;
    if (first || index < *winner_) winner_ = index;
    if (!first) return;
    // What is ready now finishes together with the first: the decision comes behind it in the queue.
    hold();
    boost::asio::post(executor(), decision(std::static_pointer_cast<race_scope>(shared_from_this())));
}

}  // namespace curfew::detail
