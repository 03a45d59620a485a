/// What the program tells the shell when it ends; after a signal it is 128 plus the signal's number.
enum ExitStatus: Int32 {
  case success = 0
  case failure = 1
  case wrongUsage = 2
}
