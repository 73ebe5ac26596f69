# Writes OUTPUT: a C++ source that holds the files of FOLDER (docs/protocol/*.json) as raw strings.
file(GLOB files ${FOLDER}/*.json)
list(SORT files)
set(entries "")
foreach(path ${files})
  cmake_path(GET path FILENAME name)
  file(READ ${path} text)
  # A raw string may hold 65,536 bytes at most on some compilers; the schemas stay far below.
  string(APPEND entries "    {\"${name}\", R\"schema(${text})schema\"},\n")
endforeach()
list(LENGTH files count)
file(WRITE ${OUTPUT} "// Made by embed_schemas.cmake from docs/protocol/.
#include <array>

#include \"signaling/protocol/schema_registry.h\"

namespace parlance::signaling {

std::span<const SchemaFile> embedded_schemas() {  // NOLINT(readability-function-size): data
  static constexpr std::array<SchemaFile, ${count}> kFiles{{
${entries}  }};
  return kFiles;
}

}  // namespace parlance::signaling
")
