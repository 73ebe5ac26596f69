#include "tests/support/chat/power_vfs.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <new>

#include <sqlite3.h>

namespace parlance::chat::test {

struct PowerVfs::State {
  sqlite3_vfs vfs{};
  std::string name;
  sqlite3_vfs* real = nullptr;
  std::atomic<int> write_code{SQLITE_OK};
  std::atomic<int> sync_code{SQLITE_OK};
  mutable std::mutex guard;
  DiskImage durable;
};

namespace {

struct File : sqlite3_file {
  sqlite3_file* real = nullptr;
  PowerVfs::State* state = nullptr;
  std::string* path = nullptr;
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
  if (const int code = self(file)->state->write_code; code != SQLITE_OK) {
    return code;
  }
  return io(file)->xWrite(real(file), from, count, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return io(file)->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  PowerVfs::State& state = *self(file)->state;
  if (const int code = state.sync_code; code != SQLITE_OK) {
    return code;
  }
  const int code = io(file)->xSync(real(file), flags);
  sqlite3_int64 size = 0;
  io(file)->xFileSize(real(file), &size);
  std::string content(static_cast<std::size_t>(size), '\0');
  if (!content.empty()) {
    io(file)->xRead(real(file), content.data(), static_cast<int>(size), 0);
  }
  const std::lock_guard lock(state.guard);
  state.durable[*self(file)->path] = std::move(content);
  return code;
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
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  PowerVfs::State* state = state_of(vfs);
  const std::lock_guard lock(state->guard);
  state->durable.erase(name);
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

DiskImage PowerVfs::image() const {
  const std::lock_guard lock(state_->guard);
  return state_->durable;
}

void restore(const DiskImage& image, const std::string& folder) {
  for (const auto& [path, content] : image) {
    const auto name = std::filesystem::path(path).filename();
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << content;
  }
}

}  // namespace parlance::chat::test
