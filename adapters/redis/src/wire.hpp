// One connection to the server.
#pragma once

#include "reply_parser.hpp"
#include "request.hpp"

#include <curfew/detail/deadline_heap.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace curfew::redis::detail {

class client_core;

/// Connects once, sends requests in order, and gives them their replies. After a failure it is dead.
///
/// It waits for the server only while somebody waits for a reply: an idle connection does not keep its loop running.
/// Used on its loop only.
class wire : public std::enable_shared_from_this<wire>, private curfew::detail::deadline_entry {
public:
    using request_ptr = std::shared_ptr<request>;
    /// Told of the death of the connection; gets the requests of which the server has seen nothing, if it had been reached.
    using on_death = std::function<void(std::vector<request_ptr> unsent)>;

    wire(curfew::detail::loop& on, std::shared_ptr<const client_core> of, on_death told);
    ~wire();

    void send(request_ptr one);
    /// Takes back what has not been sent, and skips the replies to what has.
    void give_up(request& one);
    /// Closes it. Requests that wait fail with this error.
    void close(error_code code, const std::string& what);
    /// The same without a word to anybody: the io_context is being destroyed.
    void drop() noexcept;

    bool dead() const noexcept { return state_ == state::dead; }
    /// How many requests it has to do with, those that were given up included.
    std::size_t load() const noexcept { return unsent_.size() + sent_.size(); }
    /// Connected, and with nothing under way.
    bool idle() const noexcept { return state_ == state::open && unsent_.empty() && sent_.empty() && !writing_; }
    /// Whether an idle connection is still there. Costs a system call.
    bool alive();

private:
    using socket_type =
        boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, curfew::detail::loop::executor_type>;
    using endpoint = boost::asio::generic::stream_protocol::endpoint;
    enum class state { fresh, connecting, open, dead };

    /// Whose replies come next. Those of a request that was given up belong to nobody.
    struct expected {
        request_ptr to;
        std::size_t replies;
        bool        greeting = false;
    };

    void connect();
    void connect_to(std::vector<endpoint> all, std::size_t index);
    void opened();
    void greet();
    void write();
    void read();
    void take(reply one);
    void rest();
    void fail(error_code code, const std::string& why);
    bool awaited() const noexcept;

    static void on_time(curfew::detail::deadline_entry& entry, curfew::detail::deadline_event event);

    curfew::detail::loop&       loop_;
    std::shared_ptr<const client_core> client_;
    on_death                    told_;
    state                       state_ = state::fresh;
    std::optional<socket_type>  socket_;
    reply_parser                parser_;
    std::deque<request_ptr>     unsent_;
    std::deque<expected>        sent_;
    std::size_t                 greetings_ = 0;  // replies to AUTH and SELECT that are still to come
    bool                        writing_   = false;
    bool                        reading_   = false;
    std::string                 out_;
    std::array<char, 16 * 1024> in_;
};

}  // namespace curfew::redis::detail
