#include "tests/support/chat/power_vfs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <new>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace parlance::chat::test {

namespace {

// What happened to a file since its last sync.
struct Change {
  enum class Kind : std::uint8_t { kWrite, kTruncate, kDelete };

  Kind kind = Kind::kWrite;
  std::size_t at = 0;  // of a write; the new size of a truncated file
  std::string bytes = {};
};

using Content = std::optional<std::string>;  // nothing where there is no file

void write_at(Content& content, std::size_t at, std::string_view bytes) {
  if (!content) {
    content.emplace();
  }
  if (content->size() < at + bytes.size()) {
    content->resize(at + bytes.size());
  }
  content->replace(at, bytes.size(), bytes);
}

void apply(Content& content, const Change& change) {
  switch (change.kind) {
    case Change::Kind::kWrite:
      return write_at(content, change.at, change.bytes);
    case Change::Kind::kTruncate:
      return content ? content->resize(change.at) : void();
    case Change::Kind::kDelete:
      return content.reset();
  }
}

// One file as the disk has it, and what the disk may or may not have got.
struct DiskFile {
  Content synced = {};
  std::vector<Change> since = {};

  void sync() {
    for (const Change& change : std::exchange(since, {})) {
      apply(synced, change);
    }
  }

  // Of the folder's entry: whether the file is there.
  void sync_deletion() {
    const auto last =
        std::ranges::find(since.rbegin(), since.rend(), Change::Kind::kDelete, [](const Change& c) {
          return c.kind;
        });
    if (last != since.rend()) {
      synced.reset();
      since.erase(since.begin(), last.base());
    }
  }
};

// How much of what was not synced has reached the disk all the same.
struct Survival {
  double rate;
  double garbage;
};

void apply_sectors(Content& content,
                   const Change& change,
                   const Survival& survival,
                   std::mt19937_64& random) {
  constexpr std::size_t kSector = 512;
  std::uniform_real_distribution<double> chance(0, 1);
  for (std::size_t done = 0; done < change.bytes.size();) {
    const std::size_t at = change.at + done;
    const std::size_t size = std::min(kSector - at % kSector, change.bytes.size() - done);
    if (chance(random) < survival.rate) {
      write_at(content, at, std::string_view(change.bytes).substr(done, size));
    } else if (at >= (content ? content->size() : 0) && chance(random) < survival.garbage) {
      write_at(content, at, std::string(size, static_cast<char>(random())));
    }
    done += size;
  }
}

Content after_power_loss(const DiskFile& file, const Survival& survival, std::mt19937_64& random) {
  std::uniform_real_distribution<double> chance(0, 1);
  Content content = file.synced;
  for (const Change& change : file.since) {
    if (change.kind == Change::Kind::kWrite) {
      apply_sectors(content, change, survival, random);
    } else if (chance(random) < survival.rate) {
      apply(content, change);
    }
  }
  return content;
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

struct PowerVfs::State {
  sqlite3_vfs vfs{};
  std::string name;
  sqlite3_vfs* real = nullptr;
  std::atomic<int> write_code{SQLITE_OK};
  std::atomic<int> sync_code{SQLITE_OK};
  std::atomic<Pretended> pretended{Pretended::kNone};
  std::function<void()> before_change = [] {
  };
  mutable std::mutex guard;
  std::map<std::string, DiskFile> disk;  // what was there before counts as synced

  void note(const std::string& path, Change change) {
    const std::lock_guard lock(guard);
    disk[path].since.push_back(std::move(change));
  }
};

namespace {

struct File : sqlite3_file {
  sqlite3_file* real = nullptr;
  PowerVfs::State* state = nullptr;
  std::string* path = nullptr;
  bool syncs_folder = false;  // with its first sync
};

File* self(sqlite3_file* file) {
  return static_cast<File*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return self(file)->real;
}

const sqlite3_io_methods* io(sqlite3_file* file) {
  return real(file)->pMethods;
}

PowerVfs::State* state_of(sqlite3_vfs* vfs) {
  return static_cast<PowerVfs::State*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
  const int code = io(file)->xClose(real(file));
  std::free(real(file));
  delete self(file)->path;
  return code;
}

int read_file(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
  return io(file)->xRead(real(file), into, count, at);
}

int write_file(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
  PowerVfs::State& state = *self(file)->state;
  if (const int code = state.write_code; code != SQLITE_OK) {
    return code;
  }
  state.before_change();
  state.note(
      *self(file)->path,
      {.kind = Change::Kind::kWrite,
       .at = static_cast<std::size_t>(at),
       .bytes = std::string(static_cast<const char*>(from), static_cast<std::size_t>(count))});
  return io(file)->xWrite(real(file), from, count, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  PowerVfs::State& state = *self(file)->state;
  state.before_change();
  state.note(*self(file)->path,
             {.kind = Change::Kind::kTruncate, .at = static_cast<std::size_t>(size)});
  return io(file)->xTruncate(real(file), size);
}

// The machine's own disk is spared.
int sync_file(sqlite3_file* file, int /*flags*/) {
  PowerVfs::State& state = *self(file)->state;
  if (const int code = state.sync_code; code != SQLITE_OK) {
    return code;
  }
  state.before_change();
  const Pretended pretended = state.pretended;
  const std::string& path = *self(file)->path;
  if (pretended == Pretended::kNone ||
      (pretended == Pretended::kOfLog && !path.ends_with("-wal"))) {
    const std::lock_guard lock(state.guard);
    state.disk[path].sync();
    if (std::exchange(self(file)->syncs_folder, false)) {
      for (auto& [name, other] : state.disk) {
        other.sync_deletion();
      }
    }
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return io(file)->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int lock) {
  return io(file)->xLock(real(file), lock);
}

int unlock_file(sqlite3_file* file, int lock) {
  return io(file)->xUnlock(real(file), lock);
}

int check_lock(sqlite3_file* file, int* out) {
  return io(file)->xCheckReservedLock(real(file), out);
}

int control_file(sqlite3_file* file, int op, void* arg) {
  return io(file)->xFileControl(real(file), op, arg);
}

int sector_size(sqlite3_file* file) {
  return io(file)->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return io(file)->xDeviceCharacteristics(real(file));
}

int map_shared(sqlite3_file* file, int page, int size, int extend, volatile void** out) {
  return io(file)->xShmMap(real(file), page, size, extend, out);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return io(file)->xShmLock(real(file), offset, count, flags);
}

void barrier_shared(sqlite3_file* file) {
  io(file)->xShmBarrier(real(file));
}

int unmap_shared(sqlite3_file* file, int remove) {
  return io(file)->xShmUnmap(real(file), remove);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,  // with shared memory, without memory mapped reads
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = barrier_shared,
    .xShmUnmap = unmap_shared,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  PowerVfs::State* state = state_of(vfs);
  auto* const below =
      static_cast<sqlite3_file*>(std::calloc(1, static_cast<std::size_t>(state->real->szOsFile)));
  const int code = state->real->xOpen(state->real, name, below, flags, out_flags);
  auto* const ours = new (file) File;
  if (code != SQLITE_OK) {
    std::free(below);
    ours->pMethods = nullptr;
    return code;
  }
  ours->pMethods = &kMethods;
  ours->real = below;
  ours->state = state;
  ours->path = new std::string(name == nullptr ? "" : name);
  // As SQLite's own VFS for Unix does with a log or journal that it makes.
  ours->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 &&
                       (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  const std::lock_guard lock(state->guard);
  if (const auto [found, fresh] = state->disk.try_emplace(*ours->path); fresh) {
    if (std::string before = read_whole(*ours->path); !before.empty()) {
      found->second.synced = std::move(before);
    }
  }
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  PowerVfs::State* state = state_of(vfs);
  state->before_change();
  state->note(name, {.kind = Change::Kind::kDelete});
  if (sync_folder != 0 && state->pretended != Pretended::kAll) {
    const std::lock_guard lock(state->guard);
    state->disk[name].sync_deletion();
  }
  return state->real->xDelete(state->real, name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return state_of(vfs)->real->xAccess(state_of(vfs)->real, name, flags, out);
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return state_of(vfs)->real->xFullPathname(state_of(vfs)->real, name, size, out);
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return state_of(vfs)->real->xRandomness(state_of(vfs)->real, size, out);
}

int pause(sqlite3_vfs* vfs, int microseconds) {
  return state_of(vfs)->real->xSleep(state_of(vfs)->real, microseconds);
}

int current_time(sqlite3_vfs* vfs, double* out) {
  return state_of(vfs)->real->xCurrentTime(state_of(vfs)->real, out);
}

int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return state_of(vfs)->real->xGetLastError(state_of(vfs)->real, size, out);
}

}  // namespace

PowerVfs::PowerVfs() : state_(std::make_unique<State>()) {
  static std::atomic<int> count{0};
  state_->name = "power" + std::to_string(count++);
  state_->real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(File);
  vfs.mxPathname = state_->real->mxPathname;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs, 0);
}

PowerVfs::~PowerVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

std::string PowerVfs::name() const {
  return state_->name;
}

void PowerVfs::fail_writes(int code) {
  state_->write_code = code;
}

void PowerVfs::fail_syncs(int code) {
  state_->sync_code = code;
}

void PowerVfs::pretend(Pretended syncs) {
  state_->pretended = syncs;
}

void PowerVfs::before_change(std::function<void()> hook) {
  state_->before_change = std::move(hook);
}

DiskImage PowerVfs::image(std::uint64_t seed) const {
  constexpr double kGarbage = 0.2;
  constexpr std::array kRates = {0.0, 0.3, 0.7, 0.95, 1.0};
  std::mt19937_64 random(seed);
  const Survival survival{.rate = kRates.at(random() % kRates.size()), .garbage = kGarbage};
  DiskImage image;
  const std::lock_guard lock(state_->guard);
  for (const auto& [path, file] : state_->disk) {
    if (Content content = after_power_loss(file, survival, random); content && !path.empty()) {
      image.emplace(path, std::move(*content));
    }
  }
  return image;
}

void restore(const DiskImage& image, const std::string& folder) {
  for (const auto& [path, content] : image) {
    const auto name = std::filesystem::path(path).filename();
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << content;
  }
}

}  // namespace parlance::chat::test
