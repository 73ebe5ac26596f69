// SQLite's files on a disk that a test can fill up, break, and cut off from power.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace parlance::chat::test {

// What is on the disk when the power is back, by path. A kill -9 leaves the kernel's caches alone,
// so that it can't show a missing sync; this can.
using DiskImage = std::map<std::string, std::string>;

// The syncs that are only pretended.
enum class Pretended : std::uint8_t {
  kNone,
  kOfLog,  // of the write-ahead log: what PRAGMA synchronous=NORMAL leaves out at a commit, and a
           // little more
  kAll,    // what PRAGMA synchronous=OFF leaves out
};

// Registers a VFS with SQLite as long as it lives; safe from every thread.
class PowerVfs {
 public:
  PowerVfs();
  ~PowerVfs();
  PowerVfs(const PowerVfs&) = delete;
  PowerVfs& operator=(const PowerVfs&) = delete;

  std::string name() const;

  // SQLite's result codes for every write or sync from now on; SQLITE_OK heals.
  void fail_writes(int code);
  void fail_syncs(int code);

  void pretend(Pretended syncs);

  // Called before every write, truncation, sync and deletion, on the thread that does it.
  void before_change(std::function<void()> hook);

  // What would be there if the power failed now, to be written to another folder by restore(): all
  // that was synced; of what was not, each sector of 512 bytes either as it was before, or as it
  // was written, or, where the file was shorter, something else, as the seed decides. A write
  // changes no byte beside it (SQLite's manual, SQLITE_IOCAP_POWERSAFE_OVERWRITE).
  DiskImage image(std::uint64_t seed) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

// Writes each file of the image into the folder, under its own name.
void restore(const DiskImage& image, const std::string& folder);

}  // namespace parlance::chat::test
