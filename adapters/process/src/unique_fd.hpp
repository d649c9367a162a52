// A file descriptor that is closed by its owner's end.
#pragma once

#include <utility>

#include <unistd.h>

namespace curfew::process::detail {

class unique_fd {
public:
    unique_fd() noexcept = default;
    explicit unique_fd(int adopted) noexcept : fd_(adopted) {}
    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~unique_fd()
    {
        if (fd_ >= 0) ::close(fd_);
    }

    explicit operator bool() const noexcept { return fd_ >= 0; }
    int      get() const noexcept { return fd_; }
    int      release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

}  // namespace curfew::process::detail
