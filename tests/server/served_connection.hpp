// Connections in memory, served by real routes on a manual clock.
#pragma once

#include "connection.hpp"
#include "transport_memory.hpp"
#include "worker.hpp"

#include <curfew/middleware.hpp>
#include <curfew/outcome.hpp>
#include <curfew/request.hpp>
#include <curfew/router.hpp>
#include <curfew/server_options.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/manual_clock.hpp>
#include <curfew/testing/proves.hpp>
#include <curfew/testing/test_loop.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew::testing {

/// The client's side of a connection; everything it does has been served when it returns.
class memory_client {
public:
    memory_client(test_loop& loop, std::shared_ptr<curfew::detail::memory_wire> wire) : loop_(&loop), wire_(std::move(wire)) {}

    void send(std::string_view bytes)
    {
        wire_->client_sends(bytes);
        loop_->run_ready();
    }
    void get(std::string_view target, std::string_view fields = {})
    {
        send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n");
    }
    /// Sends FIN and goes on reading.
    void finish()
    {
        wire_->client_finishes();
        loop_->run_ready();
    }
    void reset()
    {
        wire_->client_resets();
        loop_->run_ready();
    }
    void window(std::size_t bytes)
    {
        wire_->client_window(bytes);
        loop_->run_ready();
    }
    std::string receive() { return wire_->client_receives(); }

    bool server_finished() const { return wire_->server_finished(); }
    bool server_closed() const { return wire_->server_closed(); }
    bool server_reset() const { return wire_->server_reset(); }

    curfew::detail::memory_wire& wire() { return *wire_; }

private:
    test_loop*                           loop_;
    std::shared_ptr<curfew::detail::memory_wire> wire_;
};

/// A router, served on one test loop.
class served {
public:
    explicit served(router routes, server_options options = {})
        : service_(std::make_shared<curfew::detail::service>(routes, std::move(options))),
          worker_(std::make_shared<curfew::detail::worker>(loop.io(), service_, loop.background().life()))
    {
    }
    ~served()
    {
        worker_->abandon();
        loop.run_ready();
    }

    /// `watched`: whether the transport tells of departures by itself.
    memory_client connect(bool watched = true)
    {
        auto wire = curfew::detail::make_memory_wire(loop.io().get_executor());
        curfew::detail::connection<curfew::detail::memory_stream>::start(worker_, curfew::detail::memory_stream(wire, watched));
        loop.run_ready();
        return {loop, wire};
    }

    curfew::detail::worker& worker() { return *worker_; }

    manual_clock clock;
    test_loop    loop{clock};

private:
    std::shared_ptr<curfew::detail::service> service_;
    std::shared_ptr<curfew::detail::worker>  worker_;
};

/// A middleware that keeps the records of finished requests.
class recorder {
public:
    struct entry {
        std::string    target;
        request_record record;
        curfew::method method = method::unknown;
    };

    void finished(const context&, const request& req, const request_record& record) const
    {
        entries_->push_back({std::string(req.target()), record, req.method()});
    }

    std::size_t          size() const { return entries_->size(); }
    const entry&         operator[](std::size_t i) const { return entries_->at(i); }
    const request_record& last() const { return entries_->back().record; }

private:
    std::shared_ptr<std::vector<entry>> entries_ = std::make_shared<std::vector<entry>>();
};

inline std::string status_line(const std::string& answer)
{
    return answer.substr(0, answer.find("\r\n"));
}

}  // namespace curfew::testing
