// interop_peer client HOST:PORT | interop_peer server | interop_peer reflect v1|v1alpha HOST:PORT METHOD REQUEST
#include <cstdio>
#include <cstring>
#include <string>

int RunClient(const char* address);
int RunServer();
int RunReflection(const std::string& version, const char* address, const char* method, const char* request);

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "client") == 0) {
    return RunClient(argv[2]);
  }
  if (argc == 2 && std::strcmp(argv[1], "server") == 0) {
    return RunServer();
  }
  if (argc == 6 && std::strcmp(argv[1], "reflect") == 0) {
    return RunReflection(argv[2], argv[3], argv[4], argv[5]);
  }
  std::fprintf(stderr,
               "usage: interop_peer client HOST:PORT | interop_peer server | "
               "interop_peer reflect v1|v1alpha HOST:PORT METHOD REQUEST\n");
  return 2;
}
