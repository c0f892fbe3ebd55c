// Imports a package from this folder's node_modules, the way an ES module that lives here would.
export const thirdparty = (name) => import(name);
