// Whether this program runs under a sanitizer, which brings its own operator new and clock_gettime.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CURFEW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CURFEW_SANITIZED 1
#endif
#endif

#ifndef CURFEW_SANITIZED
#define CURFEW_SANITIZED 0
#endif
