// An executor other than the loop's, kept from running out of work.
#pragma once

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Where an operation's handler runs, if that is not the context's loop.
template <class Executor>
struct foreign_executor {
    explicit foreign_executor(const Executor& ex)
        : executor(ex), work(boost::asio::prefer(ex, boost::asio::execution::outstanding_work.tracked))
    {
    }

    Executor executor;
    std::decay_t<decltype(boost::asio::prefer(std::declval<Executor>(),
                                              boost::asio::execution::outstanding_work.tracked))>
        work;
};

}  // namespace curfew::detail
