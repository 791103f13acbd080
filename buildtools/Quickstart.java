/**
 * Builds and tests a project as a user would: {@code Quickstart.java MAVEN_HOME PROJECT INSTALLED
 * CACHE WORK}.
 *
 * <p>A copy of PROJECT is built below WORK, with the local repository INSTALLED; see {@link
 * UserBuild}.
 */
void main(String[] args) throws Exception {
  Path work = Path.of(args[4]);
  Path project = UserBuild.copy(Path.of(args[1]), work.resolve("project"));
  var build = new UserBuild(Path.of(args[0]), Path.of(args[2]), Path.of(args[3]), work);
  System.exit(build.run(project, "verify"));
}
