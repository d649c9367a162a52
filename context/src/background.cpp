// The root for programs without an io_context of their own.
#include <curfew/context.hpp>
#include <curfew/detail/loop.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace curfew {

namespace {

class service_thread {
public:
    static boost::asio::io_context& io()
    {
        static service_thread instance;
        return instance.io_;
    }

private:
    service_thread() : work_(io_.get_executor()), thread_([this] { io_.run(); }) {}
    ~service_thread()
    {
        io_.stop();
        thread_.join();
    }

    boost::asio::io_context                                                    io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread                                                                thread_;
};

}  // namespace

context background(std::source_location where)
{
    return background(service_thread::io(), where);
}

}  // namespace curfew
