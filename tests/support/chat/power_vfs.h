// SQLite's files on a disk that a test can fill up, break, and cut off from power.
#pragma once

#include <map>
#include <memory>
#include <string>

namespace parlance::chat::test {

// The durable part of each file, by its path: what was synced. A kill -9 leaves the kernel's caches
// alone, so that it can't show a missing sync; this can.
using DiskImage = std::map<std::string, std::string>;

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

  // What would be there if the power failed now, to be written to another folder by restore().
  DiskImage image() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

// Writes each file of the image into the folder, under its own name.
void restore(const DiskImage& image, const std::string& folder);

}  // namespace parlance::chat::test
