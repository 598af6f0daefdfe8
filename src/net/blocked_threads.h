#pragma once
#include <sys/types.h>

#include <span>

namespace axonite::net {

// How many of this process's threads wait in the kernel (asleep or on the disk) right now, as the kernel tells in
// /proc/self/task/ID/stat. A thread that is gone counts as not blocked.
unsigned count_blocked(std::span<const pid_t> threads);

}  // namespace axonite::net
